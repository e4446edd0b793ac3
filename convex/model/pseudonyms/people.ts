import { isCommonWord, NO_NAMES } from "./nameWords";
import { nameKey, type ParsedName } from "./names";

/** What a person is called in a pseudonymised file. */
export type PersonLabel = "Participant" | "User" | "Person";

export interface Person {
  label: PersonLabel;
  /** What the pseudonym is made of, see `nameKey`. */
  key: string;
  /** The words of the name with a space around each: to ask whether one is among them. */
  words: string;
}

/** Whose name a word is, or a part of it in several words. */
export interface NamePart {
  person: Person;
  /** Several persons have it. */
  isShared: boolean;
  /** Words of the longest name that has it. */
  longest: number;
  /** It says nothing by itself: an initial, a number, a role. */
  isNothingAlone: boolean;
  /** It is also an ordinary word. */
  isCommon: boolean;
}

/** Longer ones are not names, but something that was written into a field for them. */
const MOST_WORDS = 6;

/**
 * The people whom texts are searched for. Full names are found by their key, in any order of first
 * and last name; everything else by its words.
 */
export class People {
  private readonly byKey = new Map<string, Person>();
  private readonly parts = new Map<string, NamePart>();
  private readonly strangers = new Map<string, Person>();

  /** Adds a person. Those with one name are one person, and keep the label that came first. */
  add(label: PersonLabel, name: ParsedName): void {
    const key = nameKey(name);
    if (key === "") return;
    let person = this.byKey.get(key);
    if (person === undefined) {
      person = { label, key, words: " " };
      this.byKey.set(key, person);
    }
    const { first, last, aliases } = name;
    const words = [...first, ...last, ...aliases];
    person.words += `${words.join(" ")} `;
    const length = first.length + last.length;
    if (length > MOST_WORDS || words.every((word) => NO_NAMES.has(word))) return;
    for (const word of words) this.addPart(word, person, length);
    if (length > 2 || aliases.length > 0) this.addLongParts(person, name);
  }

  /** Parts of several words, of names of more than two. */
  private addLongParts(person: Person, { first, last, aliases }: ParsedName): void {
    const lastName = last.length > 0 ? last : first.slice(-1);
    const firstNames = last.length > 0 ? first : first.slice(0, -1);
    for (const given of [...firstNames, ...aliases]) {
      this.addPart([given, ...lastName].join(" "), person, 0);
    }
    if (firstNames.length > 1) this.addPart(firstNames.join(" "), person, 0);
    if (lastName.length > 1) this.addPart(lastName.join(" "), person, 0);
  }

  private addPart(words: string, person: Person, longest: number): void {
    const part = this.parts.get(words);
    if (part === undefined) {
      const isNothingAlone = words.length < 2 || NO_NAMES.has(words) || /^\d+$/.test(words);
      const isCommon = isCommonWord(words);
      this.parts.set(words, { person, isShared: false, longest, isNothingAlone, isCommon });
      return;
    }
    if (part.person !== person) part.isShared = true;
    if (part.longest < longest) part.longest = longest;
  }

  /** Who has this full name: its words in order, or with the last name first. */
  fullName(words: readonly string[]): Person | undefined {
    let key = words.join("");
    for (const word of words) {
      const person = this.byKey.get(key);
      if (person !== undefined) return person;
      key = key.slice(word.length) + word;
    }
    return undefined;
  }

  /** Whose part of a name one or more words are, with a space between. */
  part(words: string): NamePart | undefined {
    return this.parts.get(words);
  }

  /** Who has the name of this key in full, if anybody. */
  withKey(key: string): Person | undefined {
    return this.byKey.get(key);
  }

  /** Who has the name of this key in full, or else somebody of whom nothing more is known. */
  anyone(key: string): Person {
    const known = this.byKey.get(key) ?? this.strangers.get(key);
    if (known !== undefined) return known;
    const stranger: Person = { label: "Person", key, words: "" };
    this.strangers.set(key, stranger);
    return stranger;
  }

  /** Every word of a name. */
  *words(): Generator<string> {
    for (const words of this.parts.keys()) if (!words.includes(" ")) yield words;
  }
}
