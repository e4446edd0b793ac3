import { ASCII_FOLDS, fold, foldOther, isApostrophe, NO_WORD } from "./fold";

/** A word of a text. */
export interface Word {
  start: number;
  end: number;
  /** As it is compared. */
  word: string;
  /** What it is without the ending of a possessive or of "Anna'll", where it has an apostrophe. */
  stem: { word: string; end: number } | undefined;
}

const ENDING = /^.(?:s|d|ll|ve|re|m)?$/i;

/** The word that begins at `start`, or undefined where none does. */
export function readWord(text: string, start: number): Word | undefined {
  let end = start;
  while (isPlainLetter(text.charCodeAt(end))) end += 1;
  // Most words end here; the others have an apostrophe, an accent or a digit.
  if (end > start && isPlainEnd(text.charCodeAt(end))) {
    return { start, end, word: text.slice(start, end).toLowerCase(), stem: undefined };
  }
  let apostrophe = -1;
  for (;;) {
    const width = wordWidth(text, end);
    if (width > 0) end += width;
    else if (end > start && isApostrophe(text.charCodeAt(end)) && startsWord(text, end + 1)) {
      apostrophe = end;
      end += 1;
    } else break;
  }
  if (end === start) return undefined;
  const stem =
    apostrophe !== -1 && ENDING.test(text.slice(apostrophe, end))
      ? { word: fold(text.slice(start, apostrophe)), end: apostrophe }
      : undefined;
  return { start, end, word: fold(text.slice(start, end)), stem };
}

function isPlainLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
}

/** Whether a character ends any word; NaN, behind the text, does. */
function isPlainEnd(code: number): boolean {
  return !(code >= 128) && code !== 0x27 && ASCII_FOLDS[code] !== undefined
    ? ASCII_FOLDS[code] === NO_WORD
    : Number.isNaN(code);
}

export function startsWord(text: string, index: number): boolean {
  return wordWidth(text, index) > 0;
}

/** UTF-16 units of the character of a word at an index; 0 where it is none. */
function wordWidth(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code < 128) return ASCII_FOLDS[code] === NO_WORD ? 0 : 1;
  const codePoint = text.codePointAt(index);
  if (codePoint === undefined || foldOther(codePoint) === undefined) return 0;
  return codePoint > 0xffff ? 2 : 1;
}

/** What may be between two words of one name, beside the full stop of an initial. */
const SPACE = 0x20;
const GAP = /^[\s,\u2010-\u2013-]{1,2}$/;

/** The word of the same name that may follow another one. */
export function followingWord(text: string, previous: Word): Word | undefined {
  const { end } = previous;
  if (text.charCodeAt(end) === SPACE && isPlainLetter(text.charCodeAt(end + 1))) {
    return readWord(text, end + 1);
  }
  const width = startsWord(text, end + 1) ? 1 : startsWord(text, end + 2) ? 2 : 0;
  if (width === 0) return undefined;
  const gap = text.slice(end, end + width);
  const isInitial = previous.word.length === 1 && /^\.\s?$/.test(gap);
  return isInitial || GAP.test(gap) ? readWord(text, end + width) : undefined;
}

/** Whether a letter is a capital, or of a script that has none. */
export function isCapital(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 128) return code >= 0x41 && code <= 0x5a;
  return /^[\p{Lu}\p{Lt}\p{Lo}]/u.test(text.slice(index, index + 2));
}
