/** Dates of birth, of which only the year is kept. */

const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]{0,6}\\.?";

const DATE = [
  "\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}(?:T[\\d:.]{5,16}Z?)?",
  "\\d{1,2}\\s?[-/.]\\s?\\d{1,2}\\s?[-/.]\\s?\\d{2,4}",
  `\\d{1,2}(?:st|nd|rd|th)?\\s(?:of\\s)?${MONTH},?\\s\\d{2,4}`,
  `${MONTH}\\s\\d{1,2}(?:st|nd|rd|th)?,?\\s\\d{4}`,
].join("|");

/** Right behind one of the words, e.g. `: 12/03/1985` of "DOB: 12/03/1985". */
const AFTER_WORD = new RegExp(
  `(["'\\s:=,.(–-]{0,6}(?:(?:is|was|on|of|date|the)[\\s:]{1,3}){0,3})(${DATE})(?![\\w])`,
  "iy",
);

/** What a date of birth stands behind. */
export const BIRTH_WORDS: ReadonlySet<string> = new Set([
  "dob",
  "born",
  "birth",
  "birthdate",
  "birthday",
]);

/** What is left of a date without a year that can be told. */
export const UNKNOWN_YEAR = "[year]";

/** The year of a date as people write it. */
export function yearOf(date: string): string {
  return /(?<!\d)(?:1[89]|20)\d\d(?!\d)/.exec(date)?.[0] ?? UNKNOWN_YEAR;
}

/** The date that follows a word of birth, which ends at `at`. */
export function findBirthDate(
  text: string,
  at: number,
): { start: number; end: number } | undefined {
  AFTER_WORD.lastIndex = at;
  const match = AFTER_WORD.exec(text);
  if (match === null) return undefined;
  const [whole, between = ""] = match;
  return { start: at + between.length, end: at + whole.length };
}
