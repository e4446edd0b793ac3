import { describe, expect, test } from "vitest";
import { captureDocuments, type DocumentList } from "~/export/capture-documents";
import { ExportError } from "~/export/errors";
import { PageSize } from "~/export/page-size";
import { SegmentDocuments } from "~/export/segment-documents";
import type { DocumentsRequest, LinesSink, Page } from "~/export/source";
import { makeCapacity, MEBIBYTE } from "../../support/export-runs";
import { lineBytes, makeDocuments, type Tables } from "../../support/memory-documents";
import { encodeTimestamp, MemorySource, SNAPSHOT_NS } from "../../support/memory-source";

const TABLES: Tables = {
  notes: makeDocuments("n", 40, () => ({ text: "x".repeat(1000) })),
  people: makeDocuments("p", 3),
};

function listsOf(tables: Tables): DocumentList[] {
  return Object.entries(tables).map(([name, documents]) => ({
    name,
    documents: documents.map((document) => ({
      id: document._id,
      time: document._creationTime,
      bytes: lineBytes(document),
      isReferenced: false,
    })),
  }));
}

/** Reads documents, unless there are more of them than a function's limits allow. */
class LimitedSource extends MemorySource {
  readonly sizes: number[] = [];

  constructor(
    tables: Tables,
    private readonly most: number,
    private readonly alter: (request: DocumentsRequest) => DocumentsRequest = (request) => request,
  ) {
    super(tables);
  }

  override async readDocuments(
    timestamp: string,
    request: DocumentsRequest,
    openSink: () => LinesSink,
  ): Promise<Page> {
    const size = request.tables.reduce((total, { ids }) => total + ids.length, 0);
    if (size > this.most) throw new ExportError("page_too_large", "too many documents");
    this.sizes.push(size);
    return await super.readDocuments(timestamp, this.alter(request), openSink);
  }
}

async function captureFrom(source: MemorySource, tables: Tables, maximumBytes = MEBIBYTE) {
  const capacity = makeCapacity();
  const spool = capacity.spools.open();
  try {
    const capture = await captureDocuments(source, listsOf(tables), spool, {
      timestamp: encodeTimestamp(SNAPSHOT_NS),
      fingerprintKey: "key",
      pageSize: new PageSize({ maximumBytes, maximumDocuments: 1000 }),
      queries: 4,
      signal: new AbortController().signal,
    });
    const ids: Record<string, string[]> = {};
    for (const table of capture.tables) {
      const lines: string[] = [];
      for (const { segment, start, end } of table.slices()) {
        const pieces: Buffer[] = [];
        for await (const piece of segment.read(start, end)) pieces.push(piece);
        lines.push(Buffer.concat(pieces).toString());
      }
      const documents = JSON.parse(`[${lines.join(",")}]`) as { _id: string }[];
      ids[table.name] = documents.map(({ _id }) => _id);
    }
    return ids;
  } finally {
    spool.dispose();
  }
}

const IDS = {
  notes: TABLES["notes"]?.map(({ _id }) => _id),
  people: TABLES["people"]?.map(({ _id }) => _id),
};

describe("documents that are read by their ids", () => {
  test("come in one page where they fit", async () => {
    const source = new LimitedSource(TABLES, Infinity);
    expect(await captureFrom(source, TABLES)).toEqual(IDS);
    expect(source.sizes).toEqual([43]);
  });

  test("come in pages of about the bytes that a page may have", async () => {
    const notes = { notes: TABLES["notes"] ?? [] };
    const source = new LimitedSource(notes, Infinity);
    expect(await captureFrom(source, notes, 4500)).toEqual({ notes: IDS.notes });
    expect(source.sizes).toEqual(Array(10).fill(4));
  });

  test.each([1, 5, 22])("come in halves where a function reads %i of them", async (most) => {
    const source = new LimitedSource(TABLES, most);
    expect(await captureFrom(source, TABLES)).toEqual(IDS);
  });

  test("keep their order where several share a creation time", async () => {
    const same = { notes: makeDocuments("n", 40).map((d) => ({ ...d, _creationTime: 1 })) };
    const sorted = { notes: [...same.notes].sort((a, b) => (a._id < b._id ? -1 : 1)) };
    const source = new LimitedSource(sorted, 3);
    expect(await captureFrom(source, sorted)).toEqual({ notes: sorted.notes.map((d) => d._id) });
  });

  test("end the export where one alone is too large", async () => {
    const failing = captureFrom(new LimitedSource(TABLES, 0), TABLES);
    await expect(failing).rejects.toMatchObject({ code: "page_too_large" });
  });

  test.each<[string, (ids: string[]) => string[]]>([
    ["one is missing", (ids) => ids.slice(1)],
    ["another came", (ids) => ["n39", ...ids.slice(1)]],
    ["they came in another order", (ids) => [...ids.slice(1), ...ids.slice(0, 1)]],
    ["one came twice", (ids) => [...ids.slice(0, 1), ...ids.slice(0, -1)]],
  ])("end the export where %s", async (_name, alter) => {
    const source = new LimitedSource(TABLES, Infinity, (request) => ({
      ...request,
      tables: request.tables.map((table) => ({ ...table, ids: alter(table.ids) })),
    }));
    const few = { notes: TABLES["notes"]?.slice(0, 5) ?? [] };
    await expect(captureFrom(source, few)).rejects.toMatchObject({ code: "incomplete" });
  });
});

describe("the documents of a segment", () => {
  const found = (ids: string[]) => ({
    found: ids.map((id) => `${id} 1 10`).join("\n"),
    references: { people: "p1\np2" },
  });

  test("are counted up to the most that it may have, and one more is refused", () => {
    const documents = new SegmentDocuments(new Set(["people"]), 2);
    documents.add("notes", found(["a", "b", "a"]));
    documents.add("notes", found(["b"]));
    expect(() => documents.add("people", found(["c"]))).toThrow(
      expect.objectContaining({ code: "segment_too_large" }),
    );
  });

  test("are asked for once where something refers to them, also where they do not exist", () => {
    const documents = new SegmentDocuments(new Set(["people"]));
    documents.add("people", { found: "p1 1 10", references: {} });
    documents.add("notes", found(["a"]));
    expect(documents.takeReferenced()).toEqual([{ table: "people", ids: ["p2"] }]);
    documents.add("notes", found(["b"]));
    expect(documents.takeReferenced()).toEqual([]);
  });

  test("are not followed into tables that are exported whole", () => {
    const documents = new SegmentDocuments(new Set(["notes"]));
    documents.add("notes", found(["a"]));
    expect(documents.takeReferenced()).toEqual([]);
  });
});
