import fc from "fast-check";
import { expect, test } from "vitest";
import { withWholeStart } from "~/analysis/export-input";
import { detectFormat } from "~/export/formats/format";

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer, void> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
    await Promise.resolve();
  }
  yield bytes.subarray(at);
}

const STARTS = {
  json: '{\n  "metadata": {',
  ndjson: '{"metadata":{"exportedAt"',
  zip: "PK\u0003\u0004\u0014",
};

test.each(Object.entries(STARTS))(
  "%s is recognised by its first piece, in whatever pieces a pipe delivers it",
  async (format, start) => {
    const bytes = Buffer.from(start.padEnd(100, "x"));
    const sizes = fc.array(fc.nat(9), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(sizes, async (cuts) => {
        const pieces: Buffer[] = [];
        for await (const piece of withWholeStart(cut(bytes, cuts))) pieces.push(piece);
        expect(detectFormat(pieces[0] ?? Buffer.alloc(0))).toBe(format);
        expect(Buffer.concat(pieces)).toEqual(bytes);
      }),
    );
  },
);

test("what is shorter than any format's start comes whole, and nothing stays nothing", async () => {
  const read = async (text: string) => {
    const pieces: string[] = [];
    const sizes = [1, 1];
    for await (const piece of withWholeStart(cut(Buffer.from(text), sizes))) {
      pieces.push(piece.toString());
    }
    return pieces;
  };
  expect(await read("{}\n")).toEqual(["{}\n"]);
  expect(await read("")).toEqual([]);
});
