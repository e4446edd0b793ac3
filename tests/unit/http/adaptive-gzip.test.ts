import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { gzipAdaptively } from "~/http/adaptive-gzip";
import { streamFrom } from "~/http/stream";
import { until } from "../../support/http-server";
import { startRemix, type RemixServer } from "../../support/remix-server";

const PIECE_BYTES = 256 * 1024;
const LINE = `${JSON.stringify({ _id: "k5712", description: "A line of a file", severity: 3 })},\n`;

/** Text that compresses well, about 4 MB. */
const FILE = Buffer.from(LINE.repeat(Math.ceil((16 * PIECE_BYTES) / LINE.length)));

async function* pieces(bytes: Buffer, size = PIECE_BYTES): AsyncGenerator<Buffer, void> {
  for (let start = 0; start < bytes.byteLength; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
  }
}

/** Reads it all; `onPiece` stands for what the client does with each piece. */
async function collect(
  content: AsyncGenerator<Buffer, void>,
  onPiece: (piece: Buffer) => void = () => undefined,
): Promise<Buffer> {
  const read: Buffer[] = [];
  for await (const piece of content) {
    read.push(piece);
    onPiece(piece);
  }
  return Buffer.concat(read);
}

describe("gzip", () => {
  test("is read back as what it was made of, whatever was stored and whatever compressed", async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat({ max: 300_000 }).map((length) => Buffer.alloc(length, LINE)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(bytes, { maxLength: 6 }),
        fc.infiniteStream(fc.boolean()),
        async (parts, isWaitLong) => {
          let clock = 0;
          async function* content() {
            for (const part of parts) yield await Promise.resolve(part);
          }
          const zipped = await collect(
            gzipAdaptively(content(), () => clock),
            () => {
              clock += isWaitLong.next().value === true ? 10_000 : 0;
            },
          );
          expect(gunzipSync(zipped).equals(Buffer.concat(parts))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("stores for a client that is never waited for", async () => {
    const zipped = await collect(gzipAdaptively(pieces(FILE), () => 0));
    expect(zipped.byteLength).toBeGreaterThan(FILE.byteLength);
    expect(zipped.byteLength).toBeLessThan(FILE.byteLength * 1.001);
    expect(gunzipSync(zipped).equals(FILE)).toBe(true);
  });

  test("compresses for a client that is waited for, from soon after its first bytes", async () => {
    let clock = 0;
    const zipped = await collect(
      gzipAdaptively(pieces(FILE), () => clock),
      () => (clock += 1000),
    );
    expect(zipped.byteLength).toBeLessThan(FILE.byteLength / 4);
    expect(gunzipSync(zipped).equals(FILE)).toBe(true);
  });

  test("does not end when its content breaks", async () => {
    async function* breaking() {
      yield await Promise.resolve(FILE);
      throw new Error("broken");
    }
    const read: Buffer[] = [];
    const reading = (async () => {
      for await (const piece of gzipAdaptively(breaking())) read.push(piece);
    })();
    await expect(reading).rejects.toThrow("broken");
    expect(() => gunzipSync(Buffer.concat(read))).toThrow();
  });

  test("ends its content when it is left early", async () => {
    let hasEnded = false;
    async function* content() {
      try {
        for (;;) yield await Promise.resolve(FILE);
      } finally {
        hasEnded = true;
      }
    }
    const zipped = gzipAdaptively(content());
    await zipped.next();
    await zipped.next();
    await zipped.return();
    expect(hasEnded).toBe(true);
  });
});

describe("over a connection", () => {
  /** Several times what the buffers of a connection hold; compresses to a little over a half. */
  const LARGE_FILE = Buffer.from(randomBytes(16 * 1024 * 1024).toString("hex"));
  const servers: RemixServer[] = [];

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  /** What goes over the wire to a client for which the portal waits so long, by its own clock. */
  async function download(msPerWait: number): Promise<Buffer> {
    let clock = 0;
    let isWaiting = false;
    async function* content() {
      for await (const piece of gzipAdaptively(pieces(LARGE_FILE), () => clock)) {
        isWaiting = true;
        yield piece;
        isWaiting = false;
      }
      isWaiting = true;
    }
    const server = await startRemix({ file: () => new Response(streamFrom(content())) });
    servers.push(server);
    const request = httpRequest(`${server.url}/file`, { agent: false });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      await until(() => isWaiting);
      clock += msPerWait;
    }
    return Buffer.concat(chunks);
  }

  test("a slow client gets fewer bytes, a fast one the file as it is", async () => {
    const slow = await download(10_000);
    expect(gunzipSync(slow).equals(LARGE_FILE)).toBe(true);
    expect(slow.byteLength).toBeLessThan(LARGE_FILE.byteLength * 0.8);
    const fast = await download(0);
    expect(gunzipSync(fast).equals(LARGE_FILE)).toBe(true);
    expect(fast.byteLength).toBeGreaterThan(LARGE_FILE.byteLength);
  });
});
