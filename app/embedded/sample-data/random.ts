import { Faker, base, en, en_AU, generateMersenne53Randomizer } from "@faker-js/faker";
import type { Randomizer } from "@faker-js/faker";
import { REFERENCE_TIME_MS } from "./clock";

/** Crockford's base32 in lower case, the alphabet of Convex document ids. */
const CROCKFORD_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz";
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BCRYPT_BASE64 = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX = "0123456789abcdef";

/** Seeded random choices. The same seed gives the same choices, on every machine. */
export class Random {
  readonly faker: Faker;
  readonly #randomizer: Randomizer;

  constructor(seed: number) {
    this.#randomizer = generateMersenne53Randomizer(seed);
    this.faker = new Faker({ locale: [en_AU, en, base], randomizer: this.#randomizer });
    this.faker.setDefaultRefDate(new Date(REFERENCE_TIME_MS));
  }

  /** A float in [0, 1). */
  next(): number {
    return this.#randomizer.next();
  }

  /** A whole number between `min` and `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError("Cannot pick from an empty list");
    return item;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.int(0, last);
      [result[last], result[other]] = [result[other] as T, result[last] as T];
    }
    return result;
  }

  /** `count` different items, in the order of the list. */
  sample<T>(items: readonly T[], count: number): T[] {
    const chosen = new Set(this.shuffle(items.map((_, index) => index)).slice(0, count));
    return items.filter((_, index) => chosen.has(index));
  }

  base32(length: number): string {
    return this.#text(CROCKFORD_BASE32, length);
  }

  base64url(length: number): string {
    return this.#text(BASE64URL, length);
  }

  hex(length: number): string {
    return this.#text(HEX, length);
  }

  uuid(): string {
    return this.faker.string.uuid();
  }

  /** Looks like a bcrypt hash of cost 12; no password is known for it. */
  bcryptHash(): string {
    return `$2b$12$${this.#text(BCRYPT_BASE64, 53)}`;
  }

  #text(alphabet: string, length: number): string {
    let text = "";
    for (let index = 0; index < length; index++) {
      text += alphabet.charAt(Math.floor(this.next() * alphabet.length));
    }
    return text;
  }
}
