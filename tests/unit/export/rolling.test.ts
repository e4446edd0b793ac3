import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { exportFileSchema } from "~/export/file-schema";
import { captured, failure, idsOf } from "../../support/capture";
import { makeFile, MEBIBYTE, readContent } from "../../support/export-runs";
import { makeDocuments, type StoredDocument } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const page = { maximumBytes: MEBIBYTE, maximumDocuments: 3 };
const consistency = "rolling";

/** A source of which every timestamp serves so many pages and then expires. */
function shortLived(tables: Record<string, StoredDocument[]>, pages: number): MemorySource {
  const served = new Map<string, number>();
  return new MemorySource(tables, {
    beforePage: (_request, _signal, timestamp) => {
      const count = served.get(timestamp) ?? 0;
      served.set(timestamp, count + 1);
      if (count >= pages) throw new ExportError("snapshot_expired", "page");
    },
  });
}

test("a rolling export goes on at a new timestamp as often as the last one expires", async () => {
  const source = shortLived({ a: makeDocuments("a", 30), b: makeDocuments("b", 20) }, 2);
  const { ids, capture } = await captured(source, { page, consistency, queries: 3 });
  expect(ids).toEqual(idsOf(source));
  expect(capture.recordCounts).toEqual({ a: 30, b: 20 });
  expect(source.pinned.length).toBeGreaterThan(5);
});

test("a snapshot ends with the first page that finds its timestamp expired", async () => {
  const source = shortLived({ a: makeDocuments("a", 30) }, 2);
  const error = await failure(source, { page, queries: 1 });
  expect(error).toMatchObject({ code: "snapshot_expired" });
  expect(source.requests).toHaveLength(3);
});

describe("while a rolling export reads, a document", () => {
  /** Changes the table after the first page. */
  async function exportWhile(change: (documents: StoredDocument[]) => StoredDocument[]) {
    const tables = { a: makeDocuments("a", 8, (index) => ({ n: index })) };
    const source = new MemorySource(tables, {
      beforePage: () => {
        if (source.requests.length === 2) tables.a = change(tables.a);
      },
    });
    const file = await makeFile(source, { page, consistency, queries: 1 });
    const content = await readContent(file);
    file.dispose();
    const ids = (content.data["a"] ?? []).map(({ _id }) => _id);
    expect(content.metadata.recordCounts).toEqual({ a: ids.length });
    expect(content.metadata.totalRecords).toBe(ids.length);
    expect(new Set(ids).size).toBe(ids.length);
    return ids;
  }

  const all = ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"];

  test("that is added is in the file if it comes behind what was read", async () => {
    const later = { _id: "new", _creationTime: 1.8e12 };
    expect(await exportWhile((documents) => [...documents, later])).toEqual([...all, "new"]);
    const earlier = { _id: "new", _creationTime: 1.6e12 };
    expect(await exportWhile((documents) => [earlier, ...documents])).toEqual(all);
  });

  test("that is deleted is in the file if it was read before", async () => {
    expect(await exportWhile((documents) => documents.slice(0, 6))).toEqual(all.slice(0, 6));
    expect(await exportWhile((documents) => documents.slice(1))).toEqual(all);
  });

  test("that is imported anew with its old id is in the file once, as it was read first", async () => {
    const ids = await exportWhile((documents) => {
      const [first, ...rest] = documents;
      return first === undefined ? rest : [...rest, { ...first, _creationTime: 1.8e12 }];
    });
    expect(ids).toEqual(all);
  });

  test("that comes again between others leaves them and their lines whole", async () => {
    const moved = (documents: StoredDocument[]) => {
      const [first, second, ...rest] = documents;
      if (first === undefined || second === undefined) return documents;
      const again = [first, second].map((document, index) => ({
        ...document,
        _creationTime: (rest[2 * index]?._creationTime ?? 0) + 0.1,
      }));
      return [...rest, ...again].sort((a, b) => a._creationTime - b._creationTime);
    };
    expect(await exportWhile(moved)).toEqual(all);
  });
});

test("a rolling file says that it is none, and between which moments it was read", async () => {
  const file = await makeFile(shortLived({ a: makeDocuments("a", 30) }, 4), {
    page,
    consistency,
    queries: 1,
  });
  const content = await readContent(file);
  expect(exportFileSchema.safeParse(content).error).toBeUndefined();
  expect(content.metadata).toMatchObject({
    consistency: "rolling",
    snapshotTimestamp: "2026-01-31T04:05:06.123Z",
    readUntil: "2026-01-31T04:05:09.123Z",
  });
});

test("a snapshot's file names one moment", async () => {
  const { metadata } = await readContent(await makeFile(new MemorySource({ a: [] })));
  expect(metadata.consistency).toBe("snapshot");
  expect(metadata).not.toHaveProperty("readUntil");
});
