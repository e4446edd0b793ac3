import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fact, megabytes, milliseconds, ratio } from "../../../scripts/bench/measures.mjs";
import {
  renderMarkdown,
  renderTable,
  replaceGenerated,
  type Report,
} from "../../../scripts/bench/report.mjs";
import { countSequential } from "../../../scripts/bench/replay/record.mjs";
import { median, medianRatio, percentile } from "../../../scripts/bench/stats.mjs";
import { inProject } from "../../../scripts/lib/project.mjs";
import { runNode } from "../../../scripts/lib/run.mjs";

describe("arithmetic", () => {
  test("the median is the middle value, or the mean of the two in the middle", () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([4, 1, 100, 2])).toBe(3);
    expect(median([7])).toBe(7);
  });

  test("a percentile is the smallest value that so many of the values do not exceed", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 99)).toBe(99);
    expect(percentile(hundred, 100)).toBe(100);
    expect(percentile([...hundred, 1000], 99)).toBe(100);
    expect(percentile([3, 2], 50)).toBe(2);
    expect(percentile([3], 1)).toBe(3);
  });

  test("a percentile is one of the values, and at least so many of them are not above it", () => {
    const values = fc.array(fc.integer(), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (list, percent) => {
        const value = percentile(list, percent);
        expect(list).toContain(value);
        const share = (other: number) =>
          list.filter((entry) => entry <= other).length / list.length;
        expect(share(value)).toBeGreaterThanOrEqual(percent / 100);
        const smaller = list.filter((entry) => entry < value);
        if (smaller.length > 0) expect(share(Math.max(...smaller))).toBeLessThan(percent / 100);
      }),
    );
  });

  test("the ratio is the median of the ratios of the pairs, not the ratio of the medians", () => {
    const pairs = [
      { measured: 10, reference: 1 },
      { measured: 2, reference: 4 },
      { measured: 90, reference: 30 },
    ];
    expect(medianRatio(pairs)).toBe(3);
  });

  test("there is no figure of nothing, and no ratio to nothing", () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => percentile([], 99)).toThrow(RangeError);
    expect(() => percentile([1], 0)).toThrow(RangeError);
    expect(() => percentile([1], 101)).toThrow(RangeError);
    expect(() => medianRatio([])).toThrow(RangeError);
    expect(() => medianRatio([{ measured: 1, reference: 0 }])).toThrow(RangeError);
  });
});

describe("the record of an export's requests", () => {
  const request = (name: string, arrivedAt: number, endedAt: number) => ({
    name,
    arrivedAt,
    endedAt,
    body: "",
    isCut: false,
  });

  test("requests count as sequential where they wait for each other", () => {
    const requests = [
      request("sessions:resolve", 0, 50),
      request("query_ts", 50, 100),
      request("exportRuns:start", 60, 110), // at once with the one before
      request("exports:begin", 110, 160),
      request("pages", 160, 260),
      request("exportRuns:progress", 200, 250), // at once with a page
      request("pages", 165, 300),
      request("sessions:authorize", 300, 350),
      request("exportRuns:finish", 410, 460), // after the client had the file
    ];
    expect(countSequential(requests, "pages", 400)).toBe(4);
    expect(countSequential(requests.reverse(), "pages", 400)).toBe(4);
  });
});

describe("the report", () => {
  const measures = [
    ratio({ id: "a", title: "Time over `floor`", value: 1.404, atMost: 1.4, detail: "9 pairs" }),
    ratio({ id: "b", title: "Ratio", value: 1.4, atMost: 1.4, detail: "at | the bound" }),
    ratio({ id: "c", title: "Without a target", value: 2, detail: "" }),
    megabytes({ id: "d", title: "Memory", bytes: 193e6, atMostMB: 192, detail: "1 run" }),
    milliseconds({ id: "e", title: "Wait", ms: 49.96, atMostMs: 50, detail: "" }),
    fact({ id: "f", title: "Fact", target: "so", figure: "so", isMet: true, detail: "" }),
  ];
  const report: Report = {
    machine: {
      cpu: "Some CPU",
      cores: 2,
      memoryBytes: 8e9,
      node: "v20.19.0",
      system: "Linux 6 x64",
      date: "2026-11-23",
      load: 0.25,
    },
    isQuick: false,
    groups: ["speed"],
    measures,
  };

  test("a figure at its bound is met, and one past it is not, however it is rounded", () => {
    expect(measures.map(({ isMet }) => isMet)).toEqual([false, true, null, false, true, true]);
    expect(measures.map(({ figure }) => figure)).toEqual([
      "1.40",
      "1.40",
      "2.00",
      "193 MB",
      "50 ms",
      "so",
    ]);
  });

  test("the table for the terminal has a row for each measure, in aligned columns", () => {
    const [header = "", rule = "", ...rows] = renderTable(measures).split("\n");
    expect(rows).toHaveLength(measures.length);
    expect(rule).toMatch(/^[─ ]+$/);
    const column = header.indexOf("target");
    expect(rows[0]?.slice(column)).toMatch(/^at most 1\.40 +1\.40 +no +9 pairs$/);
    expect(rows[0]).toMatch(/^Time over floor /);
    expect(rows[3]?.slice(column)).toMatch(/^at most 192 MB/);
  });

  test("the generated part of the document names the machine and holds every figure", () => {
    const text = renderMarkdown(report);
    expect(text).toContain(
      "2026-11-23, Some CPU, 2 cores, 8 GB of memory, Linux 6 x64, Node v20.19",
    );
    expect(text).toContain("| Time over `floor` | at most 1.40 | 1.40 | no | 9 pairs |");
    expect(text).toContain("at \\| the bound");
    expect(text.split("\n").filter((line) => line.startsWith("| "))).toHaveLength(
      measures.length + 2,
    );
  });

  test("only the generated part of the document is replaced, and again by the next run", async () => {
    const document = await readFile(inProject("docs/performance.md"), "utf8");
    const once = replaceGenerated(document, "first run");
    const twice = replaceGenerated(once, "second run");
    expect(once).toContain("\n\nfirst run\n\n");
    expect(twice).toBe(once.replace("first run", "second run"));
    const [before] = document.split("<!-- begin");
    expect(before?.length).toBeGreaterThan(0);
    expect(once.startsWith(before ?? "none")).toBe(true);
  });

  test("a document without a place for the figures is refused", () => {
    expect(() => replaceGenerated("# Performance\n", "x")).toThrow("has no part between");
  });
});

describe("npm run bench", () => {
  test.each([
    ["an unknown option", ["--bogus"], "--bogus"],
    ["an unknown group", ["--only", "speed,speeed"], 'there is no group "speeed"'],
    ["an empty list of groups", ["--only", ""], 'there is no group ""'],
    ["to write a part of the figures", ["--write", "--only", "speed"], "--write needs a full run"],
    ["to write the figures of a quick run", ["--write", "--quick"], "--write needs a full run"],
    ["an argument without an option", ["speed"], "speed"],
  ])("refuses %s with exit code 2", async (_what, args, message) => {
    const { code, output } = await runNode([inProject("scripts/bench.mjs"), ...args], {
      quiet: true,
    });
    expect(code).toBe(2);
    expect(output).toContain(message);
  });

  test("explains itself with --help", async () => {
    const { code, output } = await runNode([inProject("scripts/bench.mjs"), "--help"], {
      quiet: true,
    });
    expect(code).toBe(0);
    expect(output).toMatch(/^Usage: npm run bench /);
  });
});
