import { isCommonWord, isDeterminer, isOpener, isSubjectVerb, MONTHS, TITLES } from "./nameWords";
import { fold } from "./fold";
import { followingWord, isCapital, type Word } from "./words";

/** What stands around a word and says whether it is meant as a name. */

/**
 * Whether a name that is an ordinary word, too, is meant as a name.
 * @param isSure A capital is enough: it is a possessive, or has another name behind it.
 * @param isNamed Somebody of this name was named in the document before.
 */
export function isMeantAsName(
  text: string,
  word: Word,
  { isSure, isNamed }: { isSure: boolean; isNamed: boolean },
): boolean {
  if (!isCapital(text, word.start)) return false;
  if (MONTHS.has(word.word) && isBesideNumber(text, word)) return false;
  if (isSure || isBehindTitle(text, word.start)) return true;
  if (!beginsSentence(text, word.start)) return true;
  if (text[word.end] === ",") return !isOpener(word.word);
  const next = text[word.end] === " " ? followingWord(text, word)?.word : undefined;
  // "Will he" and "Mark the" are none, whoever there is.
  return isNamed ? !isDeterminer(next) : next !== undefined && isSubjectVerb(next);
}

/** "Mrs", "Dr." and the like, in front. */
export function isBehindTitle(text: string, start: number): boolean {
  const title = /(?<!\p{L})(\p{L}{2,9})\.?\s{1,2}$/u.exec(
    text.slice(Math.max(0, start - 12), start),
  );
  return title !== null && TITLES.has(fold(title[1] ?? ""));
}

function isBesideNumber(text: string, { start, end }: Word): boolean {
  return (
    /\d(?:st|nd|rd|th)?\s(?:of\s)?$/.test(text.slice(Math.max(0, start - 8), start)) ||
    /^[\s,]{1,2}\d/.test(text.slice(end, end + 3))
  );
}

/** Whether nothing but space, quotes and bullets is between the word and the end of a sentence. */
function beginsSentence(text: string, start: number): boolean {
  for (let index = start - 1; index >= 0; index--) {
    const character = text[index] ?? "";
    if (/[.!?:…\n\r\u2028]/.test(character)) return true;
    if (!/[\s"'’‘“”«»([{*•–—-]/.test(character)) return false;
  }
  return true;
}

/** Words of one name that are all ordinary words need a capital each: "will brown" is no Will Brown. */
export function isWrittenAsName(text: string, words: readonly Word[]): boolean {
  return (
    words.some(({ word }) => !isCommonWord(word)) ||
    words.every(({ start }) => isCapital(text, start))
  );
}
