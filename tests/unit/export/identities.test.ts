import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { collectIdentities } from "~/export/identities";
import { PageSize } from "~/export/page-size";
import { planExport, planTables, withTables } from "~/export/plan";
import { prepareExport } from "~/export/run";
import type { ExportSource, Identities, IdentityPage } from "~/export/source";
import { MemoryRecorder, readContent } from "../../support/export-runs";
import { failureOf, FULL, makeJob } from "../../support/jobs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const NAMES = Array.from({ length: 40 }, (_, index) => `person ${index}`);

/** Names in three tables, some of them twice, and a table of texts. */
function makeSource(): MemorySource {
  const named = (prefix: string, from: number, count: number) =>
    makeDocuments(prefix, count, (index) => ({ name: NAMES[from + index] }));
  return new MemorySource({
    users: named("u", 0, 12),
    sites: makeDocuments("s", 3),
    sessions: makeDocuments("t", 3),
    participants: named("p", 10, 20),
    incidents: named("i", 25, 15),
    incident_narratives: makeDocuments("n", 5, () => ({ text: "person 3 fell" })),
  });
}

const PAGES = { maximumBytes: 1024 * 1024, maximumDocuments: 1000 };

async function collect(
  source: ExportSource,
  tables?: readonly string[],
  pageSize = new PageSize(PAGES),
): Promise<Identities> {
  const { signal } = new AbortController();
  const full = await planExport(source);
  const names = tables ?? full.tables.map(({ name }) => name);
  const plan = withTables(full, planTables(full.summary, names));
  return await collectIdentities(source, plan, { pageSize, queries: 4, signal });
}

describe("who is to be pseudonymised", () => {
  test.each([1, 2, 7, 1000])(
    "is everybody, once and sorted, by pages of %i documents",
    async (maximumDocuments) => {
      const pages = new PageSize({ ...PAGES, maximumDocuments });
      const { people } = await collect(makeSource(), undefined, pages);
      expect(people.split("\n")).toEqual([...NAMES].sort());
    },
  );

  test("is read of all tables that name people, also where others are exported", async () => {
    const { people } = await collect(makeSource(), ["incident_narratives"]);
    expect(people.split("\n")).toEqual([...NAMES].sort());
  });

  test("is nobody where no table names people or holds a text, and nothing is read", async () => {
    const source = makeSource();
    const { people } = await collect(source, ["sessions"]);
    expect(people).toBe("");
    expect(source.calls).not.toContain("readIdentities");
  });

  test("is read in smaller pages where a function cannot do the whole", async () => {
    const source = makeSource();
    let refused = 0;
    const limited: ExportSource = {
      ...boundMethods(source),
      readIdentities: (timestamp, request, signal) => {
        if (request.maximumDocuments <= 300) {
          return source.readIdentities(timestamp, request, signal);
        }
        refused += 1;
        return Promise.reject(new ExportError("page_too_large", "too slow"));
      },
    };
    const { people } = await collect(limited);
    expect(people.split("\n")).toHaveLength(NAMES.length);
    expect(refused).toBeGreaterThan(0);
  });

  test.each<[string, IdentityPage["next"]]>([
    ["stands still", { table: "users", from: null, cursor: null }],
    ["is of another table", { table: "sites", from: 1, cursor: null }],
  ])("is not complete where a page %s, and the export fails", async (_name, next) => {
    const source = makeSource();
    const stuck: ExportSource = {
      ...boundMethods(source),
      readIdentities: async (timestamp, request, signal) => ({
        ...(await source.readIdentities(timestamp, request, signal)),
        next,
      }),
    };
    expect((await failureOf(collect(stuck))).code).toBe("incomplete");
  });
});

describe("an export", () => {
  const PSEUDONYMISED = { ...FULL, privacy: "pseudonymised" } as const;

  test("hands them to every page, at one timestamp, and says what was replaced", async () => {
    const source = new MemorySource(makeSource().tables, {
      alterPage: (page) => ({ ...page, pseudonymised: { "users.name": page.tables.length } }),
    });
    const recorder = new MemoryRecorder();
    const { file } = await prepareExport(makeJob(source, recorder, { request: PSEUDONYMISED }));
    const people = [...NAMES].sort().join("\n");
    expect(source.requests.length).toBeGreaterThan(5);
    expect(source.requests.filter((request) => request.identities?.people !== people)).toEqual([]);
    expect(source.calls.indexOf("readIdentities")).toBeLessThan(source.calls.indexOf("readPage"));
    expect(source.pinned).toHaveLength(1);
    const { sanitization } = (await readContent(file)).metadata;
    expect(sanitization.profile).toBe("pseudonymised");
    expect(sanitization.pseudonymised?.["users.name"]).toBeGreaterThan(0);
    expect(recorder.started[0]?.request.privacy).toBe("pseudonymised");
  });

  test("of the profile redacted asks for nobody and hands on nobody", async () => {
    const source = makeSource();
    const { file } = await prepareExport(makeJob(source, new MemoryRecorder()));
    expect(source.calls).not.toContain("readIdentities");
    expect(source.requests.filter((request) => "identities" in request)).toEqual([]);
    const { sanitization } = (await readContent(file)).metadata;
    expect(sanitization.profile).toBe("redacted");
    expect(sanitization).not.toHaveProperty("pseudonymised");
  });

  test("starts over with who is there by then where the timestamp has expired meanwhile", async () => {
    const source = makeSource();
    let attempts = 0;
    const expiring: ExportSource = {
      ...boundMethods(source),
      readIdentities: (timestamp, request, signal) => {
        attempts += 1;
        if (attempts > 1) return source.readIdentities(timestamp, request, signal);
        return Promise.reject(new ExportError("snapshot_expired", "gone"));
      },
    };
    const job = makeJob(expiring, new MemoryRecorder(), { request: PSEUDONYMISED });
    const { file } = await prepareExport(job);
    expect(source.pinned).toHaveLength(2);
    expect(file.metadata.sanitization.profile).toBe("pseudonymised");
  });

  test("fails with a code of its own where there are too many", async () => {
    const source = makeSource();
    const refusing: ExportSource = {
      ...boundMethods(source),
      readPage: () => Promise.reject(new ExportError("too_many_identities", "50,001")),
    };
    const recorder = new MemoryRecorder();
    const job = makeJob(refusing, recorder, { request: PSEUDONYMISED });
    const failure = await failureOf(prepareExport(job));
    expect(failure.code).toBe("too_many_identities");
    expect(failure.message).toMatch(/fewer tables/);
    expect(recorder.finished).toMatchObject([
      { outcome: "failed", errorCode: "too_many_identities" },
    ]);
  });
});

function boundMethods(source: MemorySource): ExportSource {
  return {
    pinTimestamp: (signal) => source.pinTimestamp(signal),
    begin: (...args) => source.begin(...args),
    readPage: (...args) => source.readPage(...args),
    readIdentities: (...args) => source.readIdentities(...args),
    lookUp: () => source.lookUp(),
    find: () => source.find(),
    findIds: (timestamp, table, ids) => source.findIds(timestamp, table, ids),
    readDocuments: (timestamp, request, openSink) =>
      source.readDocuments(timestamp, request, openSink),
    authorize: (signal) => source.authorize(signal),
  };
}
