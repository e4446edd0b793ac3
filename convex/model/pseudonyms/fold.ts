/**
 * Text as names are compared: without case, accents and the forms of apostrophes, so that "O'Brien "
 * and "o’brien", "Zoë" and "ZOE" are one. Words are runs of letters and digits; an apostrophe between
 * two of them belongs to the word and is not compared.
 */

/** Letters that Unicode does not take apart. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  đ: "d",
  ð: "d",
  ø: "o",
  ł: "l",
  ħ: "h",
  ı: "i",
  ŋ: "n",
  ŧ: "t",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  þ: "th",
};

const WORD_CHARACTER = /^[\p{L}\p{N}]$/u;
const MARK = /^[\p{M}\u00ad\u200b-\u200d\u2060\ufeff]$/u; // with what is not seen at all
const MARKS = /\p{M}/gu;

const APOSTROPHES = "'’‘ʼʹ`´＇‛";

/** What stands for a character that no word has. */
export const NO_WORD = -1;
/** What stands for a character that may be in a word and is not compared. */
export const NOTHING = 0;

/** For ASCII: the code unit of what it is compared as. */
export const ASCII_FOLDS: Int16Array = Int16Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z0-9]/.test(character) ? character.toLowerCase().charCodeAt(0) : NO_WORD;
});

const others = new Map<number, string | undefined>();

/** What a character beyond ASCII is compared as: "" for a mark; undefined where no word has it. */
export function foldOther(codePoint: number): string | undefined {
  if (others.has(codePoint)) return others.get(codePoint);
  const fold = computeFold(String.fromCodePoint(codePoint));
  others.set(codePoint, fold);
  return fold;
}

function computeFold(character: string): string | undefined {
  if (MARK.test(character)) return "";
  if (!WORD_CHARACTER.test(character)) return undefined;
  const lower = character.normalize("NFKD").replace(MARKS, "").toLowerCase();
  const plain = Array.from(lower, (letter) => PLAIN_LETTERS[letter] ?? letter).join("");
  return plain.normalize("NFKD").replace(MARKS, "");
}

export function isApostrophe(code: number): boolean {
  return code === 0x27 || (code > 127 && APOSTROPHES.includes(String.fromCharCode(code)));
}

/** A text without what is not compared, e.g. that of one word. */
export function fold(text: string): string {
  let folded = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 128) folded += foldOther(code) ?? "";
    else if (ASCII_FOLDS[code] !== NO_WORD) folded += String.fromCharCode(ASCII_FOLDS[code] ?? 0);
  }
  return folded;
}

/** The words of a name, folded. */
export function wordsOf(name: string): string[] {
  const words: string[] = [];
  let word = "";
  const characters = Array.from(name);
  for (const [index, character] of characters.entries()) {
    const part = isWordCharacter(character) ? fold(character) : undefined;
    const isJoint =
      isApostrophe(character.charCodeAt(0)) && isWordCharacter(characters[index + 1] ?? "");
    if (part !== undefined) word += part;
    else if (!isJoint && word !== "") {
      words.push(word);
      word = "";
    }
  }
  if (word !== "") words.push(word);
  return words;
}

function isWordCharacter(character: string): boolean {
  const code = character.codePointAt(0);
  if (code === undefined) return false;
  return code < 128 ? ASCII_FOLDS[code] !== NO_WORD : foldOther(code) !== undefined;
}
