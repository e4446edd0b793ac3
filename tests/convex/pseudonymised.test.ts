import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "~/convex/accounts";
import { createSampleData } from "~/embedded/sample-data";
import { exportFileSchema, type ExportFileContent } from "~/export/file-schema";
import type { ExportRequest } from "~/export/filters";
import { PERSONAL_FIELDS, RELATIONS } from "../../convex/model/exportTables";
import { TestConvex } from "../support/convex";
import { readContent } from "../support/export-runs";
import { findPeople, foundIn } from "../support/people";

const PSEUDONYMISED: ExportRequest = {
  format: "json",
  privacy: "pseudonymised",
  consistency: "snapshot",
};

let convex: TestConvex;
let admin: Actor;
let redacted: ExportFileContent;
let content: ExportFileContent;

async function exported(fingerprintKey?: string): Promise<ExportFileContent> {
  const key = fingerprintKey === undefined ? {} : { fingerprintKey };
  const { file, settle } = await convex.export(admin, { request: PSEUDONYMISED, ...key });
  const read = await readContent(file);
  await settle("completed");
  return read;
}

/** Every text of a value, keys included. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [key, ...textsOf(child)]);
}

function pseudonymsIn(file: ExportFileContent): Set<string> {
  const text = JSON.stringify(file.data);
  const form =
    /(?:Participant|User|Person) [0-9A-Z]{8}|(?:user|phone|ndis|account|address|image|page)-[0-9a-z]{8}/g;
  return new Set(text.match(form));
}

beforeAll(async () => {
  convex = await TestConvex.start();
  admin = await convex.signIn("system_admin");
  redacted = await readContent((await convex.export(admin)).file);
  content = await exported();
});

afterAll(() => convex.close());

describe("a pseudonymised export of the sample data", () => {
  test("names nobody whom the database knows, in no text of the file", () => {
    const people = findPeople(createSampleData({ scale: 1 }));
    const texts = textsOf(content.data);
    const found = foundIn(texts, people);
    expect(found).toEqual([]);
  });
});
