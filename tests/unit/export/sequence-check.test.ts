import { expect, test } from "vitest";
import { SequenceCheck } from "~/export/sequence-check";

const line = (id: string, creationTime: number) =>
  `{"_id":"${id}","_creationTime":${creationTime}}`;

test("lines in order are counted, from page to page", () => {
  const check = new SequenceCheck("notes");
  check.add(2, [line("b", 1), line("a", 1)].join(",\n"));
  check.add(0, "");
  check.add(1, line("c", 1.5));
  expect(check.count).toBe(3);
});

test.each([
  ["ends with a separator, so that its last line is missing", 1, `${line("a", 1)},\n`],
  ["begins with a separator", 1, `,\n${line("a", 1)}`],
  ["holds an empty line", 2, `${line("a", 1)},\n,\n${line("b", 2)}`],
  ["holds more lines than it says", 1, `${line("a", 1)},\n${line("b", 2)}`],
  ["holds fewer lines than it says", 2, line("a", 1)],
  ["holds a line that is no document", 1, "{}"],
])("a page is refused that %s", (_what, records, lines) => {
  const check = new SequenceCheck("notes");
  expect(() => check.add(records, lines)).toThrowError(
    expect.objectContaining({ code: "incomplete" }),
  );
});
