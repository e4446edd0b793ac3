import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatCount,
  formatCountOf,
  formatDuration,
  formatRole,
  formatShare,
  formatSize,
  formatUtc,
  initialsOf,
} from "~/lib/format";

describe("counts", () => {
  it("are grouped by thousands", () => {
    expect(formatCount(0)).toBe("0");
    expect(formatCount(1234567)).toBe("1,234,567");
  });

  it("agree with their noun", () => {
    expect(formatCountOf(0, "field")).toBe("0 fields");
    expect(formatCountOf(1, "field")).toBe("1 field");
    expect(formatCountOf(3412, "record")).toBe("3,412 records");
  });
});

describe("sizes", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1.0 kB"],
    [12_345, "12.3 kB"],
    [999_949, "999.9 kB"],
    [2_100_000, "2.1 MB"],
    [16_777_216, "16.8 MB"],
    [5_000_000_000, "5.0 GB"],
    [7_200_000_000_000_000, "7,200.0 TB"],
  ])("shows %d bytes in decimal units", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("moves on to the next unit where rounding would reach a thousand", () => {
    expect(formatBytes(999.5)).toBe("1.0 kB");
    expect(formatBytes(999_950)).toBe("1.0 MB");
  });

  it("marks an estimate and leaves an exact size unmarked", () => {
    const size = { bytes: 12_345, marginBytes: 0 };
    expect(formatSize({ ...size, isExact: true })).toBe("12.3 kB");
    expect(formatSize({ ...size, isExact: false, marginBytes: null })).toBe("≈ 12.3 kB");
  });

  it.each([
    [0, "≈ 1.2 MB ± 0 %"],
    [84_001, "≈ 1.2 MB ± 8 %"],
    [96_000, "≈ 1.2 MB ± 8 %"],
    [96_001, "≈ 1.2 MB ± 9 %"],
    [1_500_000, "≈ 1.2 MB ± 125 %"],
  ])("say how far an estimate may be off, never less than that: %d bytes", (marginBytes, text) => {
    expect(formatSize({ bytes: 1_200_000, isExact: false, marginBytes })).toBe(text);
  });

  it("of nothing have no margin in percent", () => {
    expect(formatSize({ bytes: 0, isExact: false, marginBytes: 0 })).toBe("≈ 0 bytes");
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d as a size", (bytes) => {
    expect(() => formatBytes(bytes)).toThrow(RangeError);
  });
});

describe("shares", () => {
  it.each([
    [0, "0 %"],
    [0.004, "< 1 %"],
    [0.0149, "1 %"],
    [0.5, "50 %"],
    [1, "100 %"],
  ])("shows %d of a whole in percent", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

describe("moments", () => {
  it("are shown in UTC to the second", () => {
    expect(formatUtc("2026-01-31T04:05:06.789Z")).toBe("31 Jan 2026, 04:05:06 UTC");
  });

  it("are converted from other zones and from milliseconds", () => {
    expect(formatUtc("2026-02-01T00:00:00+11:00")).toBe("31 Jan 2026, 13:00:00 UTC");
    expect(formatUtc(0)).toBe("1 Jan 1970, 00:00:00 UTC");
  });

  it("start the day at 00, not 24", () => {
    expect(formatUtc("2026-05-01T00:00:00Z")).toBe("1 May 2026, 00:00:00 UTC");
  });

  it("are refused where they are none", () => {
    expect(() => formatUtc("yesterday")).toThrow("yesterday");
  });
});

describe("durations", () => {
  it.each([
    [0, "0 s"],
    [380, "0.4 s"],
    [12_345, "12.3 s"],
    [59_940, "59.9 s"],
    [59_950, "1 min 0 s"],
    [185_499, "3 min 5 s"],
  ])("are told as %d ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe("people", () => {
  it("see the name of a role, and an unknown role as it is", () => {
    expect(formatRole("system_admin")).toBe("System administrator");
    expect(formatRole("auditor")).toBe("auditor");
  });

  it.each([
    ["Robin Hale", "RH"],
    ["Ana Maria de la Cruz", "AC"],
    ["  plato ", "P"],
    ["émile zola", "ÉZ"],
    ["", ""],
  ])("have initials: %j", (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});
