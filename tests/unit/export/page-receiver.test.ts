import { beforeEach, describe, expect, test } from "vitest";
import type { ExportCapacity } from "~/export/capacity";
import { PageReceiver } from "~/export/page-receiver";
import type { LinesSink, Page } from "~/export/source";
import { makeCapacity } from "../../support/export-runs";
import { makeDocuments, toLine } from "../../support/memory-documents";

const A = makeDocuments("a", 3).map(toLine).join(",\n");
const B = makeDocuments("b", 2).map(toLine).join(",\n");

const PAGE: Page = {
  tables: [
    { name: "a", records: 3, bytes: A.length },
    { name: "none", records: 0, bytes: 0 },
    { name: "b", records: 2, bytes: B.length },
  ],
  next: null,
  redactions: {},
  withheld: {},
};
const NAMES = ["a", "none", "b"];

let capacity: ExportCapacity;
let receiver: PageReceiver;

beforeEach(() => {
  capacity = makeCapacity();
  receiver = new PageReceiver(capacity.spools.open(), { keepLines: false });
});

async function send(sink: LinesSink, ...tables: string[]): Promise<void> {
  for (const lines of tables) {
    if (lines !== "") await sink.write(Buffer.from(lines));
    sink.endTable();
  }
}

async function received(): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of receiver.segment.read()) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe("a page", () => {
  test("is received with where the lines of each table stand", async () => {
    await send(receiver.open(), A, "", B);
    await receiver.segment.end();
    expect(receiver.match(PAGE, NAMES)).toMatchObject([
      { name: "a", start: 0, lines: { records: 3 } },
      { name: "none", start: A.length, lines: { records: 0 } },
      { name: "b", start: A.length, lines: { records: 2 } },
    ]);
    expect(await received()).toBe(A + B);
  });

  test("is what the last attempt brought, wherever those before it ended", async () => {
    receiver.open();
    await send(receiver.open(), A);
    const sink = receiver.open();
    await sink.write(Buffer.from(A.slice(0, 10)));
    await send(receiver.open(), A, "", B);
    await receiver.segment.end();
    expect(receiver.match(PAGE, NAMES)).toHaveLength(3);
    expect(await received()).toBe(A + B);
    receiver.discard();
    expect(capacity.spools.memoryHeld).toBe(0);
  });

  test("takes nothing more from an attempt that was given up", async () => {
    const late = receiver.open();
    await send(receiver.open(), A, "", B);
    expect(() => late.write(Buffer.from(A))).toThrow();
    await receiver.segment.end();
    late.endTable();
    expect(receiver.match(PAGE, NAMES)).toHaveLength(3);
    expect(await received()).toBe(A + B);
  });

  test("without any attempt is incomplete", () => {
    expect(() => receiver.match(PAGE, NAMES)).toThrow(
      expect.objectContaining({ code: "incomplete" }),
    );
  });
});

describe("a page is incomplete", () => {
  const without = (index: number): Page => ({ ...PAGE, tables: PAGE.tables.toSpliced(index, 1) });

  test.each<[string, string[], Page, string[]]>([
    ["that lacks a table", [A, ""], PAGE, NAMES],
    ["that has one more", [A, "", B, B], PAGE, NAMES],
    ["that does not say all it has", [A, "", B], without(1), NAMES],
    ["that was not asked for all it has", [A, "", B], PAGE, ["a", "none"]],
    ["that was asked for another table", [A, "", B], PAGE, ["a", "none", "c"]],
    ["that was asked for them in another order", [A, "", B], PAGE, ["a", "b", "none"]],
    ["whose tables came in another order", [B, "", A], PAGE, NAMES],
  ])("%s", async (_what, sent, page, names) => {
    await send(receiver.open(), ...sent);
    expect(() => receiver.match(page, names)).toThrow(
      expect.objectContaining({ code: "incomplete" }),
    );
  });

  test("that has lines of no table", async () => {
    const sink = receiver.open();
    await send(sink, A, "", B);
    await sink.write(Buffer.from(B));
    expect(() => receiver.match(PAGE, NAMES)).toThrow(
      expect.objectContaining({ detail: "a page held lines of no table" }),
    );
  });
});
