/** When the file was made and read, as JSON and as NDJSON write it. */
const TIMES = /("(?:exportedAt|snapshotTimestamp|readUntil)": ?)"\d{4}-[^"]+"/g;

/** When sessions end: that of the tests does so later after five minutes of use. */
const SESSION_ENDS = /("expires": ?)\d+/g;

/** The digest of all that is before it in NDJSON. */
const LAST_DIGEST = /("sha256": ?)"[\da-f]{64}"/g;

/** Fingerprints of credentials, and the codes of pseudonyms with the words before them. */
const KEYED =
  /fingerprint:[\da-f]{32}|(?<=(?:Participant|Person|User) |"last_name":"|(?:user|phone|ndis|image|page|account|address)-)[\dA-HJKMNP-TV-Za-hjkmnp-tv-z]{8}(?![\w])/g;

/**
 * A file without what is new in each export by design: its times, the digest of it, and what is made
 * under its key, which becomes a number, so that equal ones stay equal.
 */
export function normalised(file: Buffer): string {
  const numbers = new Map<string, number>();
  return file
    .toString("utf8")
    .replace(TIMES, "$1null")
    .replace(SESSION_ENDS, "$1null")
    .replace(LAST_DIGEST, "$1null")
    .replace(KEYED, (keyed) => {
      const number = numbers.get(keyed) ?? numbers.size;
      numbers.set(keyed, number);
      return `keyed:${number}`;
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
