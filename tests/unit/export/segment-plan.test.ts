import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import type { SegmentFilter } from "~/export/segment-filter";
import { planSegment } from "~/export/segment-plan";
import { EXPORT_TABLES } from "../../../convex/model/exportTables";

const FROM = "2026-01-31T00:00:00.000Z";

function plan(filter: SegmentFilter) {
  return planSegment(filter, EXPORT_TABLES);
}

function refusal(filter: SegmentFilter): ExportError {
  try {
    plan(filter);
  } catch (error) {
    if (error instanceof ExportError) return error;
  }
  throw new Error("expected an ExportError");
}

describe("the plan of a segment", () => {
  test("reads everything whole where nothing is filtered", () => {
    const all = plan({});
    expect(all).toMatchObject({ selected: EXPORT_TABLES, whole: EXPORT_TABLES, steps: [] });
  });

  test("reads named tables whole, and no other", () => {
    expect(plan({ tables: ["users", "companies"] })).toMatchObject({
      selected: ["companies", "users"],
      whole: ["companies", "users"],
      steps: [],
    });
  });

  test("reads reference tables whole where only dates are given", () => {
    expect(plan({ from: FROM }).whole).toEqual([
      "companies",
      "users",
      "sites",
      "accounts",
      "participants",
      "ai_prompts",
    ]);
  });

  test("leaves out of a company what belongs to the platform", () => {
    expect(plan({ company: ["c"] }).selected).toEqual(
      EXPORT_TABLES.filter((table) => table !== "ai_prompts"),
    );
  });

  test("is about the narrowest of companies, sites and participants", () => {
    const filter = { company: ["c"], site: ["s"], participant: ["p"] };
    expect(plan(filter)).toEqual(plan({ participant: ["p"] }));
  });

  test("finds what leads to the tables asked for without selecting it", () => {
    const { selected, steps } = plan({ site: ["s"], tables: ["incident_narratives"] });
    expect(selected).toEqual(["incident_narratives"]);
    expect(steps).toEqual([
      { table: "participants", by: "site", isSelected: false },
      { table: "incidents", by: "participant", isSelected: false },
      { table: "incident_narratives", by: "incident", isSelected: true },
    ]);
  });

  test("finds owners before what they own", () => {
    for (const filter of [{ company: ["c"] }, { site: ["s"] }, { participant: ["p"] }]) {
      const tables = plan(filter).steps.map(({ table, by }) => [table, by]);
      const incidents = tables.findIndex(([table]) => table === "incidents");
      const children = tables.findIndex(([, by]) => by === "incident");
      expect(incidents).toBeGreaterThanOrEqual(0);
      expect(children).toBeGreaterThan(incidents);
    }
  });

  test("refuses tables that the database lacks, also those that every object has", () => {
    const error = refusal({ tables: ["users", "x", "toString"] });
    expect(error.code).toBe("unknown_table");
    expect(error.detail).toContain("x, toString");
  });

  test.each<[string, SegmentFilter, string, RegExp]>([
    ["users of a site", { site: ["s"], tables: ["users"] }, "tables", /not of a site: users/],
    [
      "prompts of a participant",
      { participant: ["p"], tables: ["incidents", "ai_prompts"] },
      "tables",
      /not of a participant: ai_prompts/,
    ],
    ["companies of some days", { from: FROM, tables: ["companies"] }, "from", /none of the tables/],
    ["sites until a day", { to: FROM, tables: ["sites"] }, "to", /none of the tables/],
  ])("refuses %s", (_name, filter, parameter, message) => {
    const { code, problems } = refusal(filter);
    expect(code).toBe("bad_segment");
    expect(problems).toMatchObject([{ parameter }]);
    expect(problems[0]?.message).toMatch(message);
  });
});
