/** Addresses of streets, of the internet and of mail, as they stand in texts. */

import { foldOther } from "./fold";

interface Span {
  start: number;
  end: number;
}

const STREET_TYPE =
  "(?:Street|St|Road|Rd|Avenue|Ave|Av|Drive|Dr|Court|Ct|Crescent|Cres|Cr|Place|Pl|Lane|Ln|Close|Cl|Parade|Pde|Terrace|Tce|Boulevard|Blvd|Highway|Hwy|Circuit|Cct|Esplanade|Esp|Grove|Gr|Square|Sq|Way)";
const STATE =
  "(?:QLD|NSW|VIC|TAS|SA|WA|NT|ACT|Qld|Vic|Tas|Queensland|New South Wales|Victoria|Tasmania|South Australia|Western Australia|Northern Territory)";
const NAME = "\\p{Lu}[\\p{L}'’-]{1,24}";

/** "Unit 4/12 Wattle Street, Toowoomba QLD 4350", from its first number on. */
const STREET = new RegExp(
  `\\d{1,5}[A-Za-z]?(?:\\s?[/-]\\s?\\d{1,5}[A-Za-z]?)?,?\\s(?:${NAME}\\s){1,3}${STREET_TYPE}(?![\\p{L}\\d])` +
    `(?:\\.?,?\\s(?:${NAME}\\s){1,3}${STATE}(?![\\p{L}\\d])(?:,?\\s\\d{4}(?!\\d))?)?`,
  "uy",
);

/** The address whose first digit is at `at`. Looks ahead by a bounded number of characters. */
export function findStreet(text: string, at: number): Span | undefined {
  STREET.lastIndex = at;
  const match = STREET.exec(text);
  return match === null ? undefined : { start: at, end: at + match[0].length };
}

/** Pseudonyms have addresses here: it can never be somebody's (RFC 2606). */
export const PSEUDONYM_HOST = "example.invalid";

const URL_HERE = /(?:https?:\/\/|www\.)[^\s"'<>`\\^{}|]+/iy;

/** The URL that begins at `at`. */
export function findUrl(text: string, at: number): Span | undefined {
  URL_HERE.lastIndex = at;
  const match = URL_HERE.exec(text);
  if (match === null) return undefined;
  const url = match[0].replace(/[.,;:!?)\]]{1,8}$/, "");
  return { start: at, end: at + url.length };
}

/** What a URL says, with `%20` and the like undone. */
export function decodeUrl(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll("+", " "));
  } catch {
    return url;
  }
}

const LOCAL_PART = /[\w.%+'’-]/;
const DOMAIN = /[\w.-]/;

/**
 * The email around the `@` at `at`; also without a domain that exists, as addresses of tests have.
 * @param from Where its beginning may be at the earliest.
 */
export function findEmail(text: string, at: number, from: number): Span | undefined {
  let start = at;
  while (start > from && isOf(LOCAL_PART, text, start - 1)) start -= 1;
  while (start < at && /[.'’-]/.test(text[start] ?? "")) start += 1;
  let end = at + 1;
  while (isOf(DOMAIN, text, end)) end += 1;
  while (end > at && /[.-]/.test(text[end - 1] ?? "")) end -= 1;
  if (start === at || end <= at + 1) return undefined;
  return { start, end };
}

function isOf(characters: RegExp, text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 128) return characters.test(text.charAt(index));
  return code >= 128 && foldOther(code) !== undefined;
}
