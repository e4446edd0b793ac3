import { seededRandom } from "../../support/random";
import type { Marker, MarkerKind } from "./marker-search";

const LETTERS = "bcdfghjklmnpqrstvwxz";
const LETTERS_AND_DIGITS = `${LETTERS}${LETTERS.toUpperCase()}0123456789`;
const ID_CHARACTERS = "0123456789abcdefghjkmnpqrstvwxyz";

/** Characters of a marker: enough for none to be anywhere by chance. */
const MARKER_CHARACTERS = 20;
const NAME_LETTERS = 16;
const ID_LENGTH = 32;

/** Any seed will do; the same one for every run, so that a failure can be repeated. */
const SEED = 20_260_131;

/** Makes markers, all of them different, and remembers them. */
export class MarkerFactory {
  readonly markers: Marker[] = [];
  private readonly random = seededRandom(SEED);
  private readonly used = new Set<string>();

  /** A text that nothing else holds. */
  text(name: string, kind: MarkerKind): string {
    return this.add({ name, kind, value: this.fresh(LETTERS_AND_DIGITS, MARKER_CHARACTERS) });
  }

  /** The same as a document's id. */
  id(name: string, kind: MarkerKind): string {
    return this.add({ name, kind, value: this.fresh(ID_CHARACTERS, ID_LENGTH) });
  }

  /** A whole number of 16 digits, which JavaScript keeps exactly. */
  number(name: string, kind: MarkerKind): number {
    return Number(this.add({ name, kind, value: `1${this.fresh("23456789", 15)}` }));
  }

  /** A word like a name, of letters only and with a capital. */
  nameWord(name: string): string {
    const word = this.fresh(LETTERS, NAME_LETTERS);
    return this.add({
      name,
      kind: "personal",
      value: word.charAt(0).toUpperCase() + word.slice(1),
    });
  }

  /** Digits behind a prefix; short, so they count as found only where no other digit is beside. */
  digits(name: string, prefix: string, length: number, spellings: (digits: string) => string[]) {
    const value = prefix + this.fresh("23456789", length);
    return this.add({ name, kind: "personal", value, spellings: [value, ...spellings(value)] });
  }

  add(marker: Marker): string {
    this.markers.push(marker);
    return marker.value;
  }

  /** A number from 0 up to, and without, the bound. */
  below(bound: number): number {
    return this.random(bound);
  }

  private fresh(characters: string, length: number): string {
    for (;;) {
      let text = "";
      while (text.length < length) text += characters.charAt(this.random(characters.length));
      if (this.used.has(text)) continue;
      this.used.add(text);
      return text;
    }
  }
}
