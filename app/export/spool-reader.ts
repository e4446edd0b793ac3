import { BLOCK_BYTES } from "./spool-blocks";

/** Read from the disk ahead of who reads: disk and decryption overlap with hashing and sending. */
const READ_AHEAD_BYTES = 4 * BLOCK_BYTES;

/** Looked at ahead: what is in memory takes none for it, and what is on disk behind it can be begun. */
const PIECES_AHEAD = 64;

/** Bytes that are to be read, at most a block of them. */
export interface Piece {
  /** Begins to read it. To be released in any case. */
  load(): Load;
}

/** A piece in hand, or on its way. */
export interface Load {
  bytes: Buffer | Promise<Buffer>;
  /** Bytes that it takes in memory, beside what the spool holds there anyway. */
  taken: number;
  /** @throws ExportError where it is not there any more. */
  check(): void;
  release(): void;
}

/**
 * The bytes of pieces in order, which must not be changed.
 * @throws whatever the pieces throw: what was yielded before is right, and not all.
 */
export async function* readAhead(pieces: Iterable<Piece>): AsyncGenerator<Buffer, void> {
  const rest = pieces[Symbol.iterator]();
  const loads: Load[] = [];
  let taken = 0;
  let isFull = false;
  try {
    for (;;) {
      // Several at once, as each waking of the spool's thread costs more than the asking.
      if (taken <= READ_AHEAD_BYTES / 2) isFull = false;
      while (!isFull && loads.length < PIECES_AHEAD) {
        const next = rest.next();
        if (next.done === true) break;
        const load = next.value.load();
        loads.push(load);
        taken += load.taken;
        isFull = taken >= READ_AHEAD_BYTES;
      }
      const [first] = loads;
      if (first === undefined) return;
      const bytes = await first.bytes;
      first.check();
      yield bytes;
      // What is read ahead may be gone: an end would look like the end of the data.
      first.check();
      loads.shift();
      taken -= first.taken;
      first.release();
    }
  } finally {
    for (const load of loads) load.release();
  }
}

/** A piece of bytes that are at hand. */
export function pieceOf(bytes: Buffer): Piece {
  return { load: () => ({ bytes, taken: 0, check: nothing, release: nothing }) };
}

function nothing(): void {
  // There is nothing to check, and nothing to release.
}
