import { fold, wordsOf } from "./fold";
import { isCommonWord, NO_NAMES, PARTICLES, TITLES } from "./nameWords";

/** A name taken apart, in words as they are compared. */
export interface ParsedName {
  first: string[];
  /** What is known to be the last name; else the last word is. */
  last: string[];
  /** Other first names, from brackets: "William (Bill) Smith". */
  aliases: string[];
}

const REMARK = /\(([^()]*)\)|\[([^[\]]*)\]/g;
const SEPARATOR = /[,;:|/\n]|\s[-–—]\s/;

/**
 * Takes a name apart as people write it into forms: "Dr Jane Smith (night shift)", "Smith, Jane",
 * "Jane Smith - Team Leader" and "Jane Smith on call" are all Jane Smith.
 */
export function parseName(name: string): ParsedName {
  const segments = name.replace(REMARK, " ").split(SEPARATOR).map(nameWords);
  const named = segments.filter((words) => words.some((word) => !NO_NAMES.has(word)));
  const [one = [], two] = named.length > 0 ? named : segments.filter((words) => words.length > 0);
  const aliases = aliasesOf(name);
  if (two === undefined) return { first: one, last: [], aliases };
  if (named.length === 2 && name.includes(",")) return { first: two, last: one, aliases };
  return { first: named.flat(), last: [], aliases };
}

/** The words of a part, without titles, and without what was written beside a name in small letters. */
function nameWords(part: string): string[] {
  const written = part
    .split(/[^\p{L}\p{M}\p{N}'’‘ʼ`´\u2010\u2011-]+/u)
    .filter((word) => wordsOf(word).length > 0);
  const isMixed = written.some((word) => /^\p{Lu}/u.test(word));
  const names = written.flatMap((word) => {
    const words = wordsOf(word);
    const mayBeRemark = isMixed && /^\p{Ll}/u.test(word) && !words.some((w) => PARTICLES.has(w));
    const isRemark = mayBeRemark && (written.length > 3 || words.some(isNoNameBySelf));
    return isRemark ? [] : words;
  });
  const begin = names.findIndex((word) => !TITLES.has(word));
  return begin === -1 ? names : names.slice(begin);
}

function isNoNameBySelf(word: string): boolean {
  return NO_NAMES.has(word) || isCommonWord(word);
}

function aliasesOf(name: string): string[] {
  return Array.from(name.matchAll(REMARK)).flatMap(([, round = "", square = ""]) => {
    const remark = `${round}${square}`.trim();
    return /^\p{Lu}\p{Ll}+$/u.test(remark) && !NO_NAMES.has(fold(remark)) ? wordsOf(remark) : [];
  });
}

/** A name that a form has in two fields. */
export function parseSplitName(first: string, last: string): ParsedName {
  return {
    first: wordsOf(first.replace(REMARK, " ")),
    last: wordsOf(last.replace(REMARK, " ")),
    aliases: aliasesOf(first),
  };
}

/** What a pseudonym is made of: "Anne-Marie O'Brien" and "annemarie obrien" have the same. */
export function nameKey({ first, last }: ParsedName): string {
  return [...first, ...last].join("");
}

/** A name on one line; parts apart by a tab, words by a space. */
export function encodeName({ first, last, aliases }: ParsedName): string {
  return [first, last, aliases]
    .map((words) => words.join(" "))
    .join("\t")
    .trimEnd();
}

export function decodeName(line: string): ParsedName {
  const [first = "", last = "", aliases = ""] = line.split("\t");
  return { first: wordsIn(first), last: wordsIn(last), aliases: wordsIn(aliases) };
}

function wordsIn(part: string): string[] {
  return part === "" ? [] : part.split(" ");
}
