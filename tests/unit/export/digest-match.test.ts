import { expect, test } from "vitest";
import { readDigestQuery } from "~/export/digest-match";

const read = (query: string) => readDigestQuery(new URLSearchParams(query));
const DIGEST = "ab".repeat(32);

test("a digest is read in either case", () => {
  expect(read(`digest=${DIGEST}`)).toEqual({ digest: DIGEST });
  expect(read(`digest=${DIGEST.toUpperCase()}`)).toEqual({ digest: DIGEST });
});

test.each<[string, string[]]>([
  ["", ["digest"]],
  ["digest=", ["digest"]],
  [`digest=${DIGEST}0`, ["digest"]],
  [`digest=${DIGEST.slice(1)}g`, ["digest"]],
  [`digest=${DIGEST}&digest=${DIGEST}`, ["digest"]],
  [`digest=${DIGEST}&run=1&run=2`, ["run"]],
  ["colour=red", ["colour", "digest"]],
])("%j is refused by name", (query, parameters) => {
  const reading = read(query);
  expect("problems" in reading ? reading.problems.map((p) => p.parameter) : []).toEqual(parameters);
});
