import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LinesCheck, type CheckedLines } from "~/export/lines-check";
import { toLine, type StoredDocument } from "../../support/memory-documents";

const line = (id: string, creationTime: number, fields: Record<string, unknown> = {}) =>
  toLine({ _id: id, _creationTime: creationTime, ...fields });

interface ListedLines extends Omit<CheckedLines, "lines"> {
  lines: { id: string; start: number }[];
}

/** Checks a text that comes in these pieces, from a buffer that is used again for each. */
function check(pieces: readonly Buffer[]): ListedLines {
  const lines = new LinesCheck({ keepLines: true });
  for (const piece of pieces) {
    const reused = Buffer.from(piece);
    lines.write(reused);
    reused.fill(0x20);
  }
  const checked = lines.end();
  return { ...checked, lines: [...checked.lines] };
}

function checkText(text: string): ListedLines {
  return check([Buffer.from(text)]);
}

/** What a text is refused for, cut nowhere and cut at every byte; undefined where it is not. */
function refusals(text: string): (string | undefined)[] {
  const whole = Buffer.from(text);
  const bytes = Array.from(whole, (byte) => Buffer.of(byte));
  return [[whole], bytes].map((pieces) => {
    try {
      check(pieces);
      return undefined;
    } catch (error) {
      return (error as { code?: string }).code;
    }
  });
}

const number = fc.oneof(
  { weight: 4, arbitrary: fc.nat(4000).map((step) => 1_700_000_000_000 + step / 4) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 4e12, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 5e-324, 1.7976931348623157e308, -12.5, 1e21) },
);

const id = fc.oneof(
  fc.string({ minLength: 32, maxLength: 32, unit: fc.constantFrom(..."0123456789abcdefghjk") }),
  fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(..."abc") }),
);

const fields = fc.dictionary(
  fc.constantFrom("text", "name", "nested"),
  fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom('"},\n{"_id":"', ",\n", "}", "x".repeat(300)),
    fc.record({ _id: fc.string(), _creationTime: fc.double() }),
  ),
);

/** Documents in order, with many that share a creation time. */
const documents = fc
  .array(fc.tuple(fc.uniqueArray(id, { minLength: 1, maxLength: 4 }), number, fields), {
    maxLength: 8,
  })
  .map((groups) => new Map(groups.map((group) => [group[1] + 0, group])))
  .map((groups) =>
    [...groups.values()]
      .sort((a, b) => a[1] - b[1])
      .flatMap(([ids, time, rest]) =>
        ids.map((_id): StoredDocument => ({ ...rest, _id, _creationTime: time + 0 })),
      ),
  );

function cut(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const at = [...new Set(cuts.map((share) => Math.floor(share * bytes.byteLength)))];
  const bounds = [0, ...at.sort((a, b) => a - b), bytes.byteLength];
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index] ?? 0, end));
}

describe("lines in order", () => {
  test("are counted and measured, with where they begin and end, however they are cut", () => {
    fc.assert(
      fc.property(
        documents,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }),
        (list, cuts) => {
          const lines = list.map(toLine);
          const text = lines.join(",\n");
          const checked = check(cut(text, cuts));
          expect(checked.records).toBe(list.length);
          expect(checked.bytes).toBe(Buffer.byteLength(text));
          const starts = lines.map((_, index) =>
            Buffer.byteLength(
              lines
                .slice(0, index)
                .map((before) => `${before},\n`)
                .join(""),
            ),
          );
          expect(checked.lines).toEqual(
            list.map(({ _id }, index) => ({ id: _id, start: starts[index] })),
          );
          const [first] = list;
          const last = list.at(-1);
          if (first === undefined || last === undefined) {
            expect(checked.ends).toBeNull();
            return;
          }
          const idsAt = (time: number) =>
            new Set(list.filter((d) => d._creationTime === time).map(({ _id }) => _id));
          expect(checked.ends).toEqual({
            first: { time: first._creationTime, ids: idsAt(first._creationTime) },
            last: { time: last._creationTime, ids: idsAt(last._creationTime) },
          });
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("are understood when every byte comes by itself", () => {
    const text = [line("b", 1), line("a", 1.5, { text: "é\n,\n💜" }), line("c", 1e21)].join(",\n");
    const bytes = Array.from(Buffer.from(text), (byte) => Buffer.of(byte));
    expect(check(bytes)).toEqual(checkText(text));
  });

  test("have exactly the creation times that JSON.parse reads", () => {
    const wrong: number[] = [];
    fc.assert(
      fc.property(number, (time) => {
        const { ends } = checkText(line("a", time));
        if (!Object.is(ends?.first.time, JSON.parse(JSON.stringify(time)))) wrong.push(time);
      }),
      { numRuns: 20_000 },
    );
    expect(wrong).toEqual([]);
  });

  test("may have ids of several lengths, also where a quote stands at the length before", () => {
    const longer = line("a".repeat(33), 1_700_000_000_000);
    const shorter = line("b", 1_700_000_000_001, { text: "" });
    expect(shorter[9 + 33 - 1]).toBe('"');
    expect(checkText(`${longer},\n${shorter}`).lines.map(({ id }) => id)).toEqual([
      "a".repeat(33),
      "b",
    ]);
  });

  test("may have a short id where the next line's stands at the length before", () => {
    // Of some length between these, the place where the id is guessed to end is in the third line.
    for (let length = 20; length < 60; length += 1) {
      const lines = [line("0".repeat(length), 0), line("a", 0), line("b", 5)];
      expect(checkText(lines.join(",\n")).records).toBe(3);
    }
  });

  test("have ids of 198 characters at most", () => {
    const ids = [198, 100, 198].map((length, index) => `${index}`.padEnd(length, "x"));
    const text = ids.map((id, index) => line(id, index)).join(",\n");
    expect(checkText(text).lines.map(({ id }) => id)).toEqual(ids);
    for (const length of [199, 300]) {
      expect(refusals(line("x".repeat(length), 1))).toEqual(["incomplete", "incomplete"]);
    }
  });

  test("may be none", () => {
    expect(checkText("")).toEqual({ records: 0, bytes: 0, ends: null, lines: [] });
    expect(check([])).toEqual({ records: 0, bytes: 0, ends: null, lines: [] });
  });

  test("are listed only where they are asked for", () => {
    const check = new LinesCheck({ keepLines: false });
    check.write(Buffer.from(line("a", 1)));
    const { records, lines } = check.end();
    expect([records, ...lines]).toEqual([1]);
  });
});

test("a line that does not begin as one is refused before it is kept in memory", () => {
  const lines = new LinesCheck({ keepLines: false });
  lines.write(Buffer.from('{"_id":"'));
  const endless = () => {
    for (let piece = 0; piece < 100; piece += 1) lines.write(Buffer.from("abcdefgh"));
  };
  expect(endless).toThrow(expect.objectContaining({ code: "incomplete" }));
});

describe("lines are refused", () => {
  test("where a quote stands anywhere in what would be an id as long as the one before", () => {
    for (let at = 0; at < 33; at += 1) {
      const torn = `${"b".repeat(at)}"${"b".repeat(32 - at)}`;
      const text = `${line("a".repeat(33), 1)},\n{"_id":"${torn}","_creationTime":2}`;
      expect(refusals(text), torn).toEqual(["incomplete", "incomplete"]);
    }
  });

  test("where what is next to the digits stands anywhere in a creation time", () => {
    const digits = "1700000000123.4567";
    for (let at = 0; at < digits.length; at += 1) {
      for (const sign of "/:;<=>?\u0010\u00b0") {
        const time = digits.slice(0, at) + sign + digits.slice(at + 1);
        const text = `{"_id":"a","_creationTime":${time},"b":1}`;
        expect(refusals(text), text).toEqual(["incomplete", "incomplete"]);
      }
    }
  });

  test.each([
    ["that end with a separator, so that the last is missing", `${line("a", 1)},\n`],
    ["that begin with a separator", `,\n${line("a", 1)}`],
    ["with an empty line between them", `${line("a", 1)},\n,\n${line("b", 2)}`],
    ["without a comma between them", `${line("a", 1)}\n${line("b", 2)}`],
    ["with a newline at the end", `${line("a", 1)}\n`],
    ["with a newline and nothing else", "\n"],
    ["of which the last is cut", line("a", 1, { text: "x" }).slice(0, -1)],
    ["of which the last is cut inside its beginning", line("a", 1).slice(0, 12)],
    ["of which the last is cut inside its creation time", line("a", 12345).slice(0, -3)],
    ["of which one is cut", `${line("a", 1, { text: "x" }).slice(0, -1)},\n${line("b", 2)}`],
    ["of which one ends after a comma", `{"_id":"a","_creationTime":1,\n${line("b", 2)}`],
    ["that are no documents", "null,\nnull"],
    ["that are empty objects", "{}"],
    ["without an id", line("a", 1).replace('"_id":"a",', "")],
    ["whose id is no text", line("a", 1).replace('"a"', "17")],
    ["whose id does not come first", '{"_creationTime":1,"_id":"a"}'],
    ["whose id never ends", `{"_id":"${"a".repeat(500)}`],
    ["whose id is empty", line("", 1)],
    ["without a creation time", '{"_id":"a","name":"b"}'],
    ["whose creation time is null", '{"_id":"a","_creationTime":null}'],
    ["whose creation time is text", '{"_id":"a","_creationTime":"1"}'],
    ["whose creation time is tagged", '{"_id":"a","_creationTime":{"$float":"AAAAAAAA+H8="}}'],
    ["whose creation time is only a point", '{"_id":"a","_creationTime":.}'],
    ["whose creation time ends with a point", '{"_id":"a","_creationTime":1.}'],
    ["whose creation time begins with a point", '{"_id":"a","_creationTime":.5}'],
    ["whose creation time has two points", '{"_id":"a","_creationTime":1.2.3}'],
    ["whose creation time has no digits", '{"_id":"a","_creationTime":-}'],
    ["whose creation time is missing", '{"_id":"a","_creationTime":,"b":1}'],
    ["whose creation time is endless", `{"_id":"a","_creationTime":${"1".repeat(400)}}`],
    ["that come in the wrong order", `${line("a", 2)},\n${line("b", 1)}`],
    ["that go back a little", `${line("a", 1.7e12 + 0.25)},\n${line("b", 1.7e12)}`],
    ["of which one comes twice", `${line("a", 1)},\n${line("a", 1)}`],
    [
      "of which one comes twice among others of its time",
      [line("a", 1), line("b", 1), line("c", 1), line("b", 1)].join(",\n"),
    ],
    [
      "of which one comes twice among the first of their time",
      [line("a", 1), line("b", 2), line("c", 2), line("b", 2)].join(",\n"),
    ],
  ])("%s", (_what, text) => {
    expect(refusals(text)).toEqual(["incomplete", "incomplete"]);
  });
});
