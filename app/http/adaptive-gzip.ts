import { promisify } from "node:util";
import { constants, crc32, deflateRaw } from "node:zlib";
import { ClientPace } from "./client-pace";

const deflate = promisify<Uint8Array, Parameters<typeof deflateRaw>[1], Buffer>(deflateRaw);

/** Fastest level; ends on a byte and without a final block, so that anything may follow. */
const DEFLATE_OPTIONS = {
  level: constants.Z_BEST_SPEED,
  finishFlush: constants.Z_SYNC_FLUSH,
};

/** gzip, deflate, no flags, no time, no hint, unknown system (RFC 1952, 2.3). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** A stored block that is the last one and empty (RFC 1951, 3.2.4). */
const FINAL_BLOCK = Buffer.from([1, 0, 0, 0xff, 0xff]);

/** Most that a stored block can hold: its length has 16 bits. */
const STORED_BLOCK_BYTES = 0xffff;
const BLOCK_HEADER_BYTES = 5;

/**
 * Wraps content in gzip: compresses while the client is slower than the compressor, and stores the
 * bytes as they are otherwise, which costs next to nothing. Pieces are compressed by themselves,
 * so each can go either way. It ends properly only if the content does.
 * @param now a clock in ms
 */
export async function* gzipAdaptively(
  content: AsyncIterable<Uint8Array>,
  now: () => number = () => performance.now(),
): AsyncGenerator<Buffer, void> {
  const pace = new ClientPace();
  let checksum = 0;
  let length = 0;
  yield HEADER;
  for await (const piece of content) {
    if (piece.byteLength === 0) continue;
    checksum = crc32(piece, checksum);
    length += piece.byteLength;
    const startedAt = now();
    let encoded;
    if (pace.isSlow) {
      encoded = await deflate(piece, DEFLATE_OPTIONS);
      pace.compressed(now() - startedAt, piece.byteLength, encoded.byteLength);
    } else {
      encoded = store(piece);
    }
    const handedOverAt = now();
    yield encoded;
    pace.waited(now() - handedOverAt, encoded.byteLength);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(length % 2 ** 32, 4);
  yield Buffer.concat([FINAL_BLOCK, trailer]);
}

/** Stored blocks that are not the last one. */
function store(piece: Uint8Array): Buffer {
  const blocks = Math.ceil(piece.byteLength / STORED_BLOCK_BYTES);
  const stored = Buffer.allocUnsafe(piece.byteLength + blocks * BLOCK_HEADER_BYTES);
  let position = 0;
  for (let start = 0; start < piece.byteLength; start += STORED_BLOCK_BYTES) {
    const block = piece.subarray(start, start + STORED_BLOCK_BYTES);
    stored[position] = 0;
    stored.writeUInt16LE(block.byteLength, position + 1);
    stored.writeUInt16LE(block.byteLength ^ 0xffff, position + 3);
    stored.set(block, position + BLOCK_HEADER_BYTES);
    position += BLOCK_HEADER_BYTES + block.byteLength;
  }
  return stored;
}
