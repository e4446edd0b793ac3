import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JSONValue } from "convex/values";
import type { EmbeddedConvex } from "~/embedded";
import { spawnEmbeddedConvex } from "~/embedded";
import { call, FIXTURE_FUNCTIONS_DIR, post } from "./client";

interface Page {
  page: number[];
  isDone: boolean;
  continueCursor: string;
  splitCursor: string | null;
  pageStatus: string | null;
}

const COUNT = 20;
/** More than two notes of 1,000 bytes of text, less than three. */
const THREE_NOTES_BYTES = 2_500;
const ranks = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

let convex: EmbeddedConvex;

beforeAll(async () => {
  convex = await spawnEmbeddedConvex({ functionsDir: FIXTURE_FUNCTIONS_DIR });
  await call(convex, "notes:addMany", { count: COUNT, textBytes: 1_000 });
});
afterAll(() => convex.close());

async function page(
  options: Record<string, JSONValue>,
  args: Record<string, JSONValue> = {},
  path = "notes:page",
): Promise<Page> {
  const paginationOpts = { numItems: COUNT, cursor: null, ...options };
  return (await call(convex, path, { paginationOpts, ...args })) as unknown as Page;
}

async function allPages(
  options: Record<string, JSONValue>,
  args: Record<string, JSONValue> = {},
  path = "notes:page",
): Promise<Page[]> {
  const pages: Page[] = [];
  let cursor: string | null = null;
  do {
    const next = await page({ ...options, cursor }, args, path);
    pages.push(next);
    cursor = next.isDone ? null : next.continueCursor;
  } while (cursor !== null && pages.length < 100);
  return pages;
}

describe("paginate", () => {
  it.each(["asc", "desc"])("yields every document once, in %s order", async (order) => {
    const pages = await allPages({ numItems: 7 }, { order });
    expect(pages.map((one) => one.page.length)).toEqual([7, 7, 6]);
    const all = pages.flatMap((one) => one.page);
    expect(order === "asc" ? all : all.toReversed()).toEqual(ranks(0, COUNT));
  });

  it("is not done after a page filled exactly at the end, and then gives an empty page", async () => {
    const pages = await allPages({ numItems: COUNT });
    expect(pages.map(({ page: { length }, isDone }) => [length, isDone])).toEqual([
      [COUNT, false],
      [0, true],
    ]);
  });

  it("is done when fewer documents are left than asked for", async () => {
    expect(await page({ numItems: COUNT + 1 })).toMatchObject({ isDone: true, pageStatus: null });
  });

  it("gives an empty page for the cursor of the end", async () => {
    const { continueCursor } = await page({ numItems: COUNT + 1 });
    expect(await page({ cursor: continueCursor })).toMatchObject({ page: [], isDone: true });
  });

  it("reads an index range in the order of the index", async () => {
    const pages = await allPages({ numItems: 3 }, { author: "odd", fromRank: 5, order: "desc" });
    expect(pages.flatMap((one) => one.page)).toEqual([19, 17, 15, 13, 11, 9, 7, 5]);
  });

  it("stops on maximumBytesRead after the document that reaches it, with an exact cursor", async () => {
    const first = await page({ maximumBytesRead: THREE_NOTES_BYTES });
    expect(first).toMatchObject({ page: [0, 1, 2], isDone: false, pageStatus: "SplitRequired" });
    const pages = await allPages({ maximumBytesRead: THREE_NOTES_BYTES });
    expect(pages.flatMap((one) => one.page)).toEqual(ranks(0, COUNT));
  });

  it("reads at least one document, however small maximumBytesRead is", async () => {
    expect((await page({ maximumBytesRead: 1 })).page).toEqual([0]);
  });

  it("stops on maximumRowsRead, counting documents that a filter drops", async () => {
    const first = await page({ maximumRowsRead: 4 }, { author: "odd" }, "notes:filteredPage");
    expect(first).toMatchObject({ page: [1, 3], pageStatus: "SplitRequired", isDone: false });
    const pages = await allPages({ maximumRowsRead: 4 }, { author: "odd" }, "notes:filteredPage");
    expect(pages.flatMap((one) => one.page)).toEqual(ranks(0, COUNT).filter((n) => n % 2 === 1));
  });

  it("recommends a split above three quarters of a limit, with a cursor in the middle", async () => {
    const large = await page({ numItems: 10, maximumRowsRead: 12 });
    expect(large.pageStatus).toBe("SplitRecommended");
    const cursor = large.splitCursor;
    const firstHalf = await page({ endCursor: cursor });
    const secondHalf = await page({ cursor, endCursor: large.continueCursor });
    expect([...firstHalf.page, ...secondHalf.page]).toEqual(large.page);
  });

  it("reads up to an endCursor, whatever numItems and maximumRowsRead say", async () => {
    const { continueCursor } = await page({ numItems: 9 });
    const again = await page({ numItems: 2, maximumRowsRead: 3, endCursor: continueCursor });
    expect(again).toMatchObject({ page: ranks(0, 9), isDone: false, continueCursor });
  });

  it("gives the same opaque cursor for the same position", async () => {
    const first = await page({ numItems: 2 });
    const second = await page({ numItems: 2 });
    expect(first.continueCursor).toBe(second.continueCursor);
    expect(first.continueCursor).toMatch(/^[0-9a-f]+$/);
    expect(Buffer.from(first.continueCursor, "hex").toString("latin1")).not.toContain("odd");
  });

  it("refuses the cursor of another query with the error data of Convex", async () => {
    const { continueCursor } = await page({ numItems: 2 });
    const { status, body } = await post(convex, "/api/query", {
      path: "notes:page",
      args: { paginationOpts: { numItems: 2, cursor: continueCursor }, author: "odd" },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "error",
      errorData: { isConvexSystemError: true, paginationError: "InvalidCursor" },
    });
  });

  it.each([
    ["a cursor that is none", { cursor: "abc" }, "Failed to parse cursor"],
    ["no items", { numItems: 0 }, "Must request at least 1 document while paginating"],
    ["too many items", { numItems: 32_001 }, "Requested too many items: 32001"],
    ["no rows", { maximumRowsRead: 0 }, "must be greater than 0"],
    ["no bytes", { maximumBytesRead: 0 }, "must be greater than 0"],
  ])("refuses %s", async (_, options, message) => {
    await expect(page(options)).rejects.toThrow(message);
  });

  it("allows one page in a function, but one in each that it calls", async () => {
    await expect(call(convex, "notes:pageTwice")).rejects.toThrow("multiple paginated queries");
    expect(await call(convex, "notes:pageInTwoFunctions")).toBe("fine");
  });
});
