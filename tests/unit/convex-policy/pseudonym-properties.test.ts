import fc from "fast-check";
import { expect, test } from "vitest";
import { fold, wordsOf } from "../../../convex/model/pseudonyms/fold";
import { isCommonWord, NO_NAMES } from "../../../convex/model/pseudonyms/nameWords";
import { people, pseudonymOf, searched } from "../../support/pseudonyms";

/** Parts of words of any script, with what regular expressions and JSON would stumble over. */
const LETTERS = [..."abcdefghijklmnopqrstuvwxyzéñçøßđŁŽİıΩжשع中名가"];
const INNER = [..."'’-"];
const RUNS = [
  ...["The ", "went (home) ", "\n", "$&", "\\b", ".*", "[a-z]+", "^$", "|", "{", "}", '"', "\\"],
  ...["0412", "4", " 43", "@", "http://", "%41", "'s", "’s", "é", "😀", "\u0000", "ﬁ", "… ", ", "],
];

const nameWord = fc
  .tuple(
    fc.array(fc.constantFrom(...LETTERS), { minLength: 4, maxLength: 8 }),
    fc.option(fc.constantFrom(...INNER), { nil: "" }),
    fc.array(fc.constantFrom(...LETTERS), { minLength: 3, maxLength: 6 }),
  )
  .map(([first, joint, second]) => {
    const letters = first.join("") + joint + second.join("");
    return letters.charAt(0).toUpperCase() + letters.slice(1);
  })
  .filter((word) => wordsOf(word).every((part) => !isCommonWord(part) && !NO_NAMES.has(part)));

const person = fc.tuple(nameWord, nameWord);

const spelling = fc.constantFrom<(name: string) => string>(
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.toLowerCase(),
  (name) => name.normalize("NFD"),
  (name) => name.replaceAll("'", "’"),
);

const gap = fc.constantFrom(
  " ",
  ", ",
  ". ",
  "\n",
  " (",
  ") ",
  "/",
  "_",
  "…",
  " “",
  "” ",
  "; ",
  "|",
);

/** Every word of a name, however it is written, that stands in a text. */
function namesIn(text: string, names: readonly (readonly string[])[]): string[] {
  const words = new Set(wordsOf(text));
  return names
    .flat()
    .flatMap(wordsOf)
    .filter((word) => words.has(word));
}

test("no name is left in a text, whatever its letters and whatever stands around it", () => {
  const part = fc.oneof(
    fc.record({ who: fc.nat(), form: fc.nat(3), spell: spelling }),
    fc.constantFrom(...RUNS),
  );
  fc.assert(
    fc.property(
      fc.array(person, { minLength: 1, maxLength: 6 }),
      fc.array(fc.tuple(part, gap), { minLength: 1, maxLength: 20 }),
      (names, parts) => {
        const known = people({ participants: names });
        let text = "";
        for (const [what, behind] of parts) {
          if (typeof what === "string") {
            text += ` ${what} `;
            continue;
          }
          const [first = "", last = ""] = names[what.who % names.length] ?? [];
          const form = [`${first} ${last}`, first, last, `${last}, ${first}`][what.form] ?? first;
          text += ` ${what.spell(form)}${behind} `;
        }
        expect(namesIn(searched(text, known), names)).toEqual([]);
      },
    ),
    { numRuns: 1500 },
  );
});

test("a name inside another word stays, and so does everything without a name", () => {
  fc.assert(
    fc.property(
      person,
      fc.array(fc.constantFrom(...LETTERS.slice(0, 26)), { minLength: 2, maxLength: 4 }),
      fc.boolean(),
      ([first, last], more, isBefore) => {
        const word = fold(first);
        const other = isBefore ? more.join("") + word : word + more.join("");
        fc.pre(!wordsOf(`${first} ${last}`).includes(other) && !/s$/.test(other));
        const text = `the ${other} of it`;
        expect(searched(text, people({ participants: [[first, last]] }))).toBe(text);
      },
    ),
    { numRuns: 1500 },
  );
});

test("a full name has the pseudonym that it has in a field, of the longest name that fits", () => {
  fc.assert(
    fc.property(nameWord, nameWord, nameWord, spelling, (one, two, three, spell) => {
      const keys = [`${one} ${two}`, `${one} ${two} ${three}`].map((name) =>
        wordsOf(name).join(""),
      );
      fc.pre(new Set([one, two, three].flatMap(wordsOf)).size >= 3 && keys[0] !== keys[1]);
      const known = people({ users: [`${one} ${two}`, `${one} ${two} ${three}`] });
      const short = pseudonymOf(`${one} ${two}`, known);
      const long = pseudonymOf(`${one} ${two} ${three}`, known);
      expect(searched(`with ${spell(`${one} ${two} ${three}`)}.`, known)).toBe(`with ${long}.`);
      expect(searched(`with ${spell(`${one} ${two}`)} too.`, known)).toBe(`with ${short} too.`);
    }),
    { numRuns: 500 },
  );
});

test("any text is searched, and nothing but names changes: what is around them stays to the letter", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), person, (text, [first, last]) => {
      const known = people({ participants: [[first, last]] });
      const harmless = text.replace(/[\d@:]|www/gi, "");
      fc.pre(namesIn(harmless, [[first, last]]).length === 0);
      fc.pre(!wordsOf(harmless).some((word) => /^(mr|mrs|ms|miss|mx|dr|prof)$/.test(word)));
      expect(searched(harmless, known)).toBe(harmless);
      const name = `${first} ${last}`;
      expect(searched(`${harmless} — ${name} — ${harmless}`, known)).toBe(
        `${harmless} — ${searched(name, known)} — ${harmless}`,
      );
    }),
    { numRuns: 1000 },
  );
});

test("a search of what was searched changes nothing", () => {
  const value = fc.oneof(
    fc.constantFrom("a.b@c.test", "0491 570 156", "430123456", "12 Wattle St", "https://a.test/x"),
    fc.constantFrom("Dr Who", "DOB 1/2/1990", "Grace", "Will", "May 2026", "+61 491570156"),
  );
  fc.assert(
    fc.property(
      fc.array(person, { maxLength: 3 }),
      fc.array(value, { maxLength: 6 }),
      (names, values) => {
        const known = people({ participants: [...names, ["Grace", "Will"]] });
        const text = [...names.map((name) => name.join(" ")), ...values].join(" and ");
        const once = searched(text, known);
        expect(searched(once, known)).toBe(once);
      },
    ),
    { numRuns: 500 },
  );
});
