import { createHmac, hkdfSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createCodeMaker } from "../../../convex/model/pseudonyms/codes";
import { parseContacts } from "../../../convex/model/pseudonyms/contacts";
import { yearOf } from "../../../convex/model/pseudonyms/dates";
import { wordsOf } from "../../../convex/model/pseudonyms/fold";
import {
  decodeName,
  encodeName,
  nameKey,
  parseName,
  parseSplitName,
} from "../../../convex/model/pseudonyms/names";
import { normalizePhone } from "../../../convex/model/pseudonyms/numbers";

describe("one person however the name is written", () => {
  test.each([
    ["Jane O'Brien", "jane o’brien", " JANE  O`BRIEN ", "Jane OBrien", "O'Brien, Jane"],
    ["Anne-Marie Lee", "Anne Marie Lee", "annemarie lee", "Anne‑Marie Lee"],
    ["Zoë Müller", "Zoe Muller", "ZOE\u0308 MU\u0308LLER", "Ｚｏｅ Ｍｕｌｌｅｒ"],
    ["Đặng Văn Hùng", "Dang Van Hung"],
    ["Jane Smith", "Dr Jane Smith", "Jane Smith (night shift)", "Jane Smith - Team Leader"],
    ["Jane Smith", "Jane Smith, RN", "Ms. Jane Smith", "Jane Smith on call", "jane Smith"],
    ["Ana de la Cruz", "ana de la cruz", "Ana De La Cruz"],
    ["Bill Smith", "Bill [Billy] Smith"],
    ["Straße Ægir", "Strasse Aegir"],
  ])("%s", (...spellings) => {
    const keys = new Set(spellings.map((name) => nameKey(parseName(name))));
    expect([...keys]).toHaveLength(1);
    expect([...keys][0]).toMatch(/^[a-z]+$/);
  });

  test("also in two fields", () => {
    const split = nameKey(parseSplitName("Anne-Marie ", "O’Brien"));
    expect(split).toBe(nameKey(parseName("annemarie obrien")));
  });

  test("and different people are different", () => {
    const names = ["Jane Smith", "Jane Smyth", "Janet Smith", "Smith", "Jane", "Ann Le", "Ann Van"];
    expect(new Set(names.map((name) => nameKey(parseName(name)))).size).toBe(names.length);
  });
});

describe("a name on one line", () => {
  test.each(["Jane Smith", "Smith, Jane", "William (Bill) D'Angelo", "Cher", "Dr Jane Smith (RN)"])(
    "is the same name: %s",
    (name) => {
      const parsed = parseName(name);
      expect(encodeName(parsed)).not.toMatch(/\n|^\s|\s$/);
      expect(decodeName(encodeName(parsed))).toEqual(parsed);
    },
  );

  test("has its parts in order, with other names last", () => {
    expect(encodeName(parseSplitName("William (Bill)", "D'Angelo"))).toBe("william\tdangelo\tbill");
    expect(encodeName(parseName("Smith, Jane"))).toBe("jane\tsmith");
    expect(encodeName(parseName("Jane Smith"))).toBe("jane smith");
  });
});

test("words are letters and digits, without case, accents and apostrophes", () => {
  expect(wordsOf("Zoë's 2nd-best “Ñandú”… it’s")).toEqual(["zoes", "2nd", "best", "nandu", "its"]);
  expect(wordsOf("' '' -")).toEqual([]);
});

describe("a contact", () => {
  const read = (text: string) =>
    parseContacts(text).map(({ name, relation, phones }) => [
      name === undefined ? undefined : nameKey(name),
      relation,
      ...phones,
    ]);

  test.each<[string, unknown[][]]>([
    ["Maria Rossi (mother) 0491 570 156", [["mariarossi", "mother", "0491570156"]]],
    ["0491570156", [[undefined, undefined, "0491570156"]]],
    ["Mum", [[undefined, "mum"]]],
    ["mother Maria Rossi - 0491 570 156", [["mariarossi", "mother", "0491570156"]]],
    ["Maria Rossi, mother, ph +61 491 570 156", [["mariarossi", "mother", "0491570156"]]],
    [
      "Maria Rossi (mother) 0491 570 156 / Carlo Rossi (father) (07) 3123 4567",
      [
        ["mariarossi", "mother", "0491570156"],
        ["carlorossi", "father", "0731234567"],
      ],
    ],
    ["Public Guardian 1300 753 624", [["public", "guardian", "1300753624"]]],
  ])("is taken apart: %s", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

test.each([
  ["0491570156", "0491570156"],
  ["61491570156", "0491570156"],
  ["610491570156", "0491570156"],
  ["001161491570156", "0491570156"],
  ["0061491570156", "0491570156"],
  ["491570156", "0491570156"],
  ["12125550123", "12125550123"],
  ["", ""],
])("the digits %s are the phone number %s", (digits, number) => {
  expect(normalizePhone(digits)).toBe(number);
});

test.each([
  ["1985-03-12", "1985"],
  ["12/03/1985", "1985"],
  ["12 March 2001", "2001"],
  ["1985", "1985"],
  ["12/3/85", "[year]"],
  ["19850312", "[year]"],
  ["unknown", "[year]"],
])("of the date of birth %s the year %s is kept", (date, year) => {
  expect(yearOf(date)).toBe(year);
});

describe("codes", () => {
  const codeOf = createCodeMaker("key of one export");

  test("are eight letters and digits of Crockford's base32", () => {
    const codes = Array.from({ length: 2000 }, (_, index) => codeOf("person", String(index)));
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
    expect(new Set(codes.join("")).size).toBe(32);
  });

  test("are different for 10,000 people", () => {
    const codes = Array.from({ length: 10_000 }, (_, index) => codeOf("person", `person${index}`));
    expect(new Set(codes).size).toBe(10_000);
  });

  test("are equal under one key, and different under others and for other purposes", () => {
    expect(createCodeMaker("key of one export")("person", "ann")).toBe(codeOf("person", "ann"));
    const others = ["", "key", "key of one export "].map((key) =>
      createCodeMaker(key)("person", "ann"),
    );
    const purposes = (["email", "phone", "ndis", "image"] as const).map((p) => codeOf(p, "ann"));
    expect(new Set([codeOf("person", "ann"), ...others, ...purposes]).size).toBe(8);
  });

  test("are HMAC-SHA-256 under a key of HKDF, five bits of each of the first eight bytes", () => {
    const info = "supportsignal pseudonym: person";
    const key = Buffer.from(hkdfSync("sha256", "key", "", info, 32));
    const digest = createHmac("sha256", key).update("ann").digest();
    const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const code = [...digest.subarray(0, 8)].map((byte) => alphabet[byte % 32]).join("");
    expect(createCodeMaker("key")("person", "ann")).toBe(code);
  });
});
