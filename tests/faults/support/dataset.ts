import { createWriteStream } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { convexToJson } from "convex/values";
import type { Value } from "convex/values";
import { makeDocument } from "../../support/documents";

/** Stands in every document: it must be in no log and in no answer but the file. */
export const CONTENT = "content-of-a-document";

/** Documents of a page of the small data set. */
export const PAGE_DOCUMENTS = 10;

/** The pages that an export of the small data set takes. */
export const SMALL_PAGES = 8;

/** Documents of a page where the small data set takes one. */
export const ALL_DOCUMENTS = 100;

/** 2023-11-14T22:13:20Z, in ms. */
const EPOCH = 1_700_000_000_000;
const HOUR = 3_600_000;

type Rows = Iterable<Record<string, Value>>;

/** The companies of the small data set. The first one has the sites and some incidents. */
const [FIRST_COMPANY, SECOND_COMPANY] = [idOf("companies", 0), idOf("companies", 1)];

/** A segment of the small data set of which some is selected, and some only referred to. */
export const SMALL_SEGMENT = { company: FIRST_COMPANY, tables: "sites,incidents" };

const FIRST_COMPANY_INCIDENTS = 4;
const PARTICIPANTS = 12;

/** In a field and in texts, so that a pseudonymised export has somebody to replace. */
export const PERSON = { first_name: "Nora", last_name: "Quillfeather" };
const NAME = `${PERSON.first_name} ${PERSON.last_name}`;

/**
 * A database that takes pages of every kind, always the same ones:
 * - `incidents`, 24: large enough to be split into three ranges, which are read at once.
 * - `sites`, 11: two pages, of which the second is the rest of a range.
 * - `participants`, 12, all of one creation time, as after an import: two pages by cursor.
 * - all others, few: one page.
 */
export function writeSmallTables(): Promise<string> {
  const site = { name: CONTENT.repeat(40), company_id: FIRST_COMPANY };
  const incident = (index: number) => ({
    company_id: index < FIRST_COMPANY_INCIDENTS ? FIRST_COMPANY : SECOND_COMPANY,
    participant_id: idOf("participants", index % PARTICIPANTS),
    participant_name: NAME,
    location: CONTENT.repeat(40),
  });
  const care_notes = `${NAME}: ${CONTENT.repeat(40)}`;
  const participant = { ...PERSON, company_id: SECOND_COMPANY, care_notes };
  return writeTables({
    companies: rows("companies", 2, () => ({ name: CONTENT })),
    sites: rows("sites", 11, () => site),
    incidents: rows("incidents", 24, incident),
    participants: rows(
      "participants",
      PARTICIPANTS,
      () => participant,
      () => 0,
    ),
  });
}

/** Documents of the large data set; each has 800 kB. */
export const LARGE_DOCUMENTS = 32;

/** One table of 26 MB: more than what the sockets of a connection hold, which is 10 MB at most. */
export function writeLargeTable(): Promise<string> {
  return writeTables({
    companies: rows("companies", 2, () => ({ name: CONTENT })),
    incident_narratives: rows("incident_narratives", LARGE_DOCUMENTS, () => ({
      before_event: CONTENT.padEnd(800_000, "x"),
    })),
  });
}

/** @param timeOf Creation time of a document by its index, in hours. */
function* rows(
  table: string,
  count: number,
  fieldsOf: (index: number) => Record<string, Value>,
  timeOf = (index: number) => index,
): Generator<Record<string, Value>> {
  for (let index = 0; index < count; index += 1) {
    const _creationTime = EPOCH + timeOf(index) * HOUR;
    yield { ...makeDocument(table, fieldsOf(index)), _id: idOf(table, index), _creationTime };
  }
}

function idOf(table: string, index: number): string {
  return `j${table.slice(0, 3).replace(/[ilou]/g, "z")}${String(index).padStart(28, "0")}`;
}

/** A folder of `<table>.jsonl`, as the embedded Convex loads it. */
async function writeTables(tables: Record<string, Rows>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "supportsignal-faults-"));
  for (const [table, documents] of Object.entries(tables)) {
    const lines = function* () {
      for (const document of documents) yield `${JSON.stringify(convexToJson(document))}\n`;
    };
    await pipeline(Readable.from(lines()), createWriteStream(path.join(folder, `${table}.jsonl`)));
  }
  return folder;
}
