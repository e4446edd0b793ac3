/**
 * A file without what is new in each export by design: the two times, and the fingerprints of
 * credentials, which become their number, so that equal ones stay equal.
 */
export function normalised(file: Buffer): string {
  const numbers = new Map<string, number>();
  return file
    .toString("utf8")
    .replace(/^( {4}"(?:exportedAt|snapshotTimestamp)": )"[^"]+"/gm, "$1null")
    .replace(/fingerprint:[\da-f]{32}/g, (fingerprint) => {
      const number = numbers.get(fingerprint) ?? numbers.size;
      numbers.set(fingerprint, number);
      return `fingerprint:${number}`;
    });
}

/** Where two texts part, in words; nothing where they are the same. */
export function difference(actual: string, expected: string): string | undefined {
  if (actual === expected) return undefined;
  let at = 0;
  while (actual[at] === expected[at]) at += 1;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 40), at + 60));
  return `is another file from character ${at} on: ${around(actual)}, not ${around(expected)}`;
}
