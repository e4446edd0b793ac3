import { isMeantAsName, isWrittenAsName } from "./context";
import type { Pseudonyms } from "./format";
import { isCommonWord, NO_NAMES, TITLES } from "./nameWords";
import type { NamePart, People, Person } from "./people";
import type { Replacements } from "./replacements";
import { hashWord, type WordFilter } from "./wordFilter";
import { followingWord, isCapital, readWord, type Word } from "./words";

/** Shorter ones with an s behind are too often other words: "thi" and "this". */
const SHORTEST_WITH_S = 4;

/** People of one document that a first name may mean, the last ones that were named. */
const MOST_NAMED = 64;

/** Of names in a row that no one has together. */
const MOST_PARTS = 4;

/** A word that is a part of somebody's name, and meant as one. */
interface FoundPart {
  part: NamePart;
  word: Word;
  /** The part as it is compared, and where it ends: before an "'s". */
  name: string;
  end: number;
}

/** Replaces the names of people who are known, and of strangers behind a title. */
export class NameSearch {
  /** Who was named in the document so far. */
  private readonly named = new Set<Person>();

  constructor(
    private readonly people: People,
    private readonly pseudonyms: Pseudonyms,
    /** Has every word of a name. */
    private readonly filter: WordFilter,
  ) {}

  /** Forgets who was named: a first name that several have may mean another one now. */
  beginDocument(): void {
    this.named.clear();
  }

  /** Says that the document is about somebody. */
  noteNamed(person: Person): void {
    if (this.named.has(person)) return;
    this.named.add(person);
    if (this.named.size <= MOST_NAMED) return;
    const [oldest = person] = this.named;
    this.named.delete(oldest);
  }

  /** Replaces the name that a word may begin; returns where to go on. */
  replace(text: string, word: Word, found: Replacements): number {
    const part = this.people.part(word.word);
    return (
      (part === undefined ? undefined : this.replaceFullName(text, word, part, found)) ??
      (TITLES.has(word.word) ? this.replaceBehindTitle(text, word, found) : undefined) ??
      this.replaceParts(text, word, found) ??
      word.end
    );
  }

  /** A name with a number behind, as in "anna1985", from which nobody would tell where it ends. */
  withNumber(text: string): Person | undefined {
    const name = /^(\p{L}{4,})\d{1,8}$/u.exec(text)?.[1] ?? "";
    const word = readWord(name, 0)?.word ?? "";
    const part = this.people.part(word);
    return isJustName(part) ? this.personOf(part, word) : undefined;
  }

  /** The longest name of several words that begins here. */
  private replaceFullName(
    text: string,
    first: Word,
    { longest }: NamePart,
    found: Replacements,
  ): number | undefined {
    const words = [first];
    for (let last = first; words.length < longest;) {
      const next = followingWord(text, last);
      if (next === undefined || !this.mayBeNameOf(next)) break;
      words.push(next);
      last = next;
    }
    for (let last = words.pop(); last !== undefined && words.length > 0; last = words.pop()) {
      const before = words.map(({ word }) => word);
      for (const { word, end } of readings(last)) {
        const person = this.personNamed([...before, word]);
        if (person === undefined || !isWrittenAsName(text, [...words, last])) continue;
        this.noteNamed(person);
        found.add(first.start, end, this.pseudonyms.person(person));
        return last.end;
      }
    }
    return undefined;
  }

  /** Whether a word, or what it is the possessive of, may be in somebody's name. */
  private mayBeNameOf({ word, stem }: Word): boolean {
    return this.mayBeName(word) || (stem !== undefined && this.mayBeName(stem.word));
  }

  private mayBeName(word: string): boolean {
    return this.filter.mayHave(hashWord(word));
  }

  /** Who has a name of several words, in full or as first names or last names. */
  private personNamed(words: readonly string[]): Person | undefined {
    const person = this.people.fullName(words);
    if (person !== undefined) return person;
    const name = words.join(" ");
    const part = this.people.part(name);
    return part === undefined ? undefined : this.personOf(part, name);
  }

  /** "Dr Patel" is somebody, known or not. */
  private replaceBehindTitle(text: string, title: Word, found: Replacements): number | undefined {
    const gap = /^\.?[ \u00a0]/.exec(text.slice(title.end, title.end + 2))?.[0];
    if (gap === undefined || !isCapital(text, title.start)) return undefined;
    const word = this.strangersName(text, readWord(text, title.end + gap.length));
    if (word === undefined) return undefined;
    const next = text[word.end] === " " ? followingWord(text, word) : undefined;
    const last = word.stem === undefined ? (this.strangersName(text, next) ?? word) : word;
    const { word: lastName, end } = last.stem ?? last;
    const key = last === word ? lastName : word.word + lastName;
    found.add(word.start, end, this.pseudonyms.person(this.people.anyone(key)));
    return last.end;
  }

  /** A word that can be a name, and of nobody known: those are found when the search gets there. */
  private strangersName(text: string, word: Word | undefined): Word | undefined {
    if (word === undefined || !isCapital(text, word.start) || NO_NAMES.has(word.word)) {
      return undefined;
    }
    return readings(word).some((reading) => this.people.part(reading.word)) ? undefined : word;
  }

  /** One part of a name, or several in a row. */
  private replaceParts(text: string, word: Word, found: Replacements): number | undefined {
    const first = this.namePart(text, word);
    if (first === undefined) return undefined;
    const parts = [first];
    let last = first;
    while (parts.length < MOST_PARTS) {
      const next = this.partBehind(text, last);
      if (next === undefined) break;
      parts.push(next);
      last = next;
    }
    const person =
      parts.length === 1 ? this.personOf(first.part, first.name) : this.personOfParts(parts);
    found.add(word.start, last.end, this.pseudonyms.person(person));
    return last.word.end;
  }

  private namePart(text: string, word: Word): FoundPart | undefined {
    for (const { word: name, end } of readings(word)) {
      const part = this.people.part(name);
      if (part === undefined || part.isNothingAlone) continue;
      if (!part.isCommon) return { part, word, name, end };
      const isSure = end < word.end || this.isBeforeName(text, word);
      const isNamed = this.namedWith(name).length > 0;
      const isMeant = isMeantAsName(text, { ...word, word: name }, { isSure, isNamed });
      return isMeant ? { part, word, name, end } : undefined;
    }
    return this.partWithS(text, word);
  }

  /** Whether something that is nothing but a name is right behind. */
  private isBeforeName(text: string, word: Word): boolean {
    const next = text[word.end] === " " ? followingWord(text, word) : undefined;
    return (
      next !== undefined &&
      isCapital(text, next.start) &&
      readings(next).some((reading) => isJustName(this.people.part(reading.word)))
    );
  }

  /** "Annas bag", without an apostrophe. */
  private partWithS(text: string, word: Word): FoundPart | undefined {
    if (word.word.length <= SHORTEST_WITH_S || !word.word.endsWith("s")) return undefined;
    const name = word.word.slice(0, -1);
    const part = this.people.part(name);
    const isWithS = /s/i.test(text.charAt(word.end - 1));
    if (!isWithS || !isJustName(part) || isCommonWord(word.word)) return undefined;
    return { part, word, name, end: word.end - 1 };
  }

  /** The part of a name right behind another one. */
  private partBehind(text: string, { word, end }: FoundPart): FoundPart | undefined {
    const gap = text[word.end];
    if (end < word.end || (gap !== " " && gap !== "-") || !isCapital(text, word.start)) {
      return undefined;
    }
    const next = followingWord(text, word);
    if (next === undefined || !isCapital(text, next.start)) return undefined;
    return this.mayBeNameOf(next) ? this.namePart(text, next) : undefined;
  }

  /** Names in a row that are no full name: of one who has all of them, or else of a stranger. */
  private personOfParts(parts: readonly FoundPart[]): Person {
    const names = parts.map(({ name }) => name);
    const one = parts.find(({ part }) => names.every((name) => hasWord(part.person, name)));
    return one?.part.person ?? this.people.anyone(names.join(""));
  }

  /** Who is meant; where several have the name, who was named before, or else just the name. */
  private personOf({ person, isShared }: NamePart, name: string): Person {
    if (!isShared) {
      this.noteNamed(person);
      return person;
    }
    const [one, ...others] = this.namedWith(name);
    if (one !== undefined && others.length === 0) return one;
    return this.people.anyone(name.replaceAll(" ", ""));
  }

  private namedWith(name: string): Person[] {
    const people: Person[] = [];
    for (const person of this.named) if (hasWord(person, name)) people.push(person);
    return people;
  }
}

/** A word without the ending of a possessive, then as it is. */
function readings(word: Word): { word: string; end: number }[] {
  return word.stem === undefined ? [word] : [word.stem, word];
}

function hasWord({ words }: Person, name: string): boolean {
  const at = words.indexOf(name);
  return at > 0 && words.includes(` ${name} `, at - 1);
}

/** Whether a word is a name, and nothing else. */
function isJustName(part: NamePart | undefined): part is NamePart {
  return part !== undefined && !part.isNothingAlone && !part.isCommon;
}
