import { decodeUrl, findEmail, findStreet, findUrl, PSEUDONYM_HOST } from "./addresses";
import { BIRTH_WORDS, findBirthDate, yearOf } from "./dates";
import { ASCII_FOLDS, foldOther, isApostrophe, NO_WORD } from "./fold";
import type { Pseudonyms } from "./format";
import type { Known } from "./identities";
import { NameSearch } from "./nameSearch";
import { TITLES } from "./nameWords";
import { findNumber } from "./numbers";
import { Replacements } from "./replacements";
import { hashUnit, WordFilter } from "./wordFilter";
import { readWord, startsWord, type Word } from "./words";

const URL_WORDS: ReadonlySet<string> = new Set(["http", "https", "www"]);
const OWN_URL = new RegExp(`^https?://${PSEUDONYM_HOST.replace(".", "\\.")}/`, "i");

const [SPACE, AT_SIGN, APOSTROPHE, DIGIT_0, DIGIT_9] = [0x20, 0x40, 0x27, 0x30, 0x39];
const [LETTER_A, LETTER_S, LETTER_Z] = [0x61, 0x73, 0x7a];

/**
 * Replaces people in texts: the names that are known, and emails, numbers, addresses and dates of
 * birth that look like such. One pass over a text; each step looks ahead by a bounded number of
 * characters, so the time is linear.
 */
export class TextSearch {
  /** How much was replaced so far. */
  count = 0;
  readonly names: NameSearch;
  private readonly filter = new WordFilter();
  private isInUrl = false;

  constructor(
    private readonly known: Known,
    private readonly pseudonyms: Pseudonyms,
  ) {
    this.names = new NameSearch(known.people, pseudonyms, this.filter);
    for (const word of known.people.words()) this.filter.add(word);
    for (const words of [URL_WORDS, BIRTH_WORDS, TITLES]) {
      for (const word of words) this.filter.add(word);
    }
  }

  replace(text: string): string {
    const found = new Replacements();
    this.search(text, found);
    this.count += found.size;
    return found.apply(text);
  }

  /** Word by word: its hash says for nearly all of them that they are nobody's name. */
  private search(text: string, found: Replacements): void {
    const { length } = text;
    const { filter } = this;
    let emailsFrom = 0;
    for (let at = 0; at < length;) {
      if (text.charCodeAt(at) === SPACE) {
        at += 1;
        continue;
      }
      const start = at;
      let hash = 0;
      let beforeLast = 0; // hash without the last letter
      let beforeEnding = 0; // hash without what is behind an apostrophe, or is a number
      let last = 0;
      let hasDigit = false;
      // Nearly all of a text are words of ASCII letters; what ends one may go on with it below.
      for (; at < length; at++) {
        const letter = text.charCodeAt(at) | 0x20;
        if (letter < LETTER_A || letter > LETTER_Z) break;
        beforeLast = hash;
        last = letter;
        hash = hashUnit(hash, letter);
      }
      for (; at < length; at++) {
        const code = text.charCodeAt(at);
        if (code < 128) {
          const folded = ASCII_FOLDS[code] ?? NO_WORD;
          if (folded === NO_WORD) {
            if (code !== APOSTROPHE || at === start || !startsWord(text, at + 1)) break;
            beforeEnding = hash;
            continue;
          }
          if (folded <= DIGIT_9 && !hasDigit) {
            hasDigit = true;
            beforeEnding = hash;
          }
          beforeLast = hash;
          last = folded;
          hash = hashUnit(hash, folded);
        } else {
          const codePoint = text.codePointAt(at) ?? code;
          const folded = foldOther(codePoint);
          if (folded === undefined) {
            if (at === start || !isApostrophe(code) || !startsWord(text, at + 1)) break;
            beforeEnding = hash;
            continue;
          }
          if (codePoint > 0xffff) at += 1;
          for (let index = 0; index < folded.length; index++) {
            beforeLast = hash;
            last = folded.charCodeAt(index);
            hash = hashUnit(hash, last);
          }
        }
      }
      if (at === start) {
        at += 1;
        if (text.charCodeAt(start) === AT_SIGN) {
          at = this.replaceEmail(text, start, emailsFrom, found);
          emailsFrom = at;
        }
      } else if (hasDigit) {
        at = this.searchDigits(text, start, at, found, filter.mayHave(beforeEnding));
      } else if (
        filter.mayHave(hash) ||
        (last === LETTER_S && filter.mayHave(beforeLast)) ||
        (beforeEnding !== 0 && filter.mayHave(beforeEnding))
      ) {
        at = Math.max(at, this.searchWord(text, start, found));
      }
    }
  }

  private replaceEmail(text: string, at: number, from: number, found: Replacements): number {
    const email = findEmail(text, at, from);
    if (email === undefined) return at + 1;
    const address = text.slice(email.start, email.end);
    if (!address.endsWith(`@${PSEUDONYM_HOST}`)) {
      found.replaceFrom(email.start, email.end, this.pseudonyms.email(address));
    }
    return email.end;
  }

  /** A number, an address that begins with one, or a name with a number behind. */
  private searchDigits(
    text: string,
    start: number,
    end: number,
    found: Replacements,
    mayBeName: boolean,
  ): number {
    const code = text.charCodeAt(start);
    if (code < DIGIT_0 || code > DIGIT_9) {
      const person = mayBeName ? this.names.withNumber(text.slice(start, end)) : undefined;
      if (person !== undefined) found.add(start, end, this.pseudonyms.person(person));
      return end;
    }
    const number = findNumber(text, start, this.known);
    if (number !== undefined) {
      found.add(number.start, number.end, this.pseudonyms.number(number.kind, number.digits));
      return number.end;
    }
    const street = findStreet(text, start);
    if (street === undefined) return end;
    found.add(street.start, street.end, this.pseudonyms.address(text.slice(start, street.end)));
    return street.end;
  }

  /** A word that may begin a name, a URL or a date of birth; returns where to go on. */
  private searchWord(text: string, start: number, found: Replacements): number {
    const word = readWord(text, start);
    if (word === undefined) return start;
    if (URL_WORDS.has(word.word)) return this.searchUrl(text, word, found);
    if (BIRTH_WORDS.has(word.word)) {
      const date = findBirthDate(text, word.end);
      if (date === undefined) return word.end;
      found.add(date.start, date.end, yearOf(text.slice(date.start, date.end)));
      return date.end;
    }
    return this.names.replace(text, word, found);
  }

  /** A URL goes as a whole where anything in it is personal. */
  private searchUrl(text: string, word: Word, found: Replacements): number {
    // A URL in a URL is a part of it: the names in it are found like others.
    const url = this.isInUrl ? undefined : findUrl(text, word.start);
    if (url === undefined) return word.end;
    const address = text.slice(url.start, url.end);
    if (OWN_URL.test(address)) return url.end;
    if (this.known.imageUrls.has(address)) {
      found.add(url.start, url.end, this.pseudonyms.image(address));
      return url.end;
    }
    const inside = new Replacements();
    this.isInUrl = true;
    this.search(decodeUrl(address), inside);
    this.isInUrl = false;
    if (inside.size > 0) found.add(url.start, url.end, this.pseudonyms.url(address));
    return url.end;
  }
}
