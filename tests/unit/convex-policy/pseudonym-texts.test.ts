import { describe, expect, test } from "vitest";
import { people, pseudonymOf, searched } from "../../support/pseudonyms";
import { hasOneByteCharacters } from "../../support/text-memory";

const KNOWN = people({
  participants: [
    ["Anna", "Nguyễn"],
    ["Will", "Brown"],
    ["Grace", "O'Dwyer"],
    ["Thi Mai", "Yunupingu-Ross"],
    ["May", "Tuilagi"],
    ["Zoë", "Müller"],
    ["William (Bill)", "D'Angelo"],
    ["Đặng", "Văn Hùng"],
    ["张伟", "李"],
  ],
  users: ["Anna Chen", "James Okafor", "Jane Smith (night shift)", "Dr Priya Singh"],
  contacts: ["Maria Rossi (mother) 0491 570 156"],
});

/** A template in which `{Full Name}` stands for a pseudonym. */
function filled(template: string): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => pseudonymOf(name, KNOWN));
}

test("a text whose only wide characters were in a name takes one byte for each character", () => {
  for (const [text, isNarrow] of [
    ["Anna Nguyễn fell.", true],
    ["Anna Nguyễn fell – again.", false],
  ] as const) {
    expect(hasOneByteCharacters(text)).toBe(false);
    const replaced = searched(text, KNOWN);
    expect(replaced).not.toContain("Nguyễn");
    expect(hasOneByteCharacters(replaced)).toBe(isNarrow);
  }
});

describe("a name in a text is replaced", () => {
  test.each([
    ["Anna Nguyễn fell.", "{Anna Nguyen} fell."],
    ["anna nguyen, ANNA NGUYEN, Anna  Nguyen", "{Anna Nguyen}, {Anna Nguyen}, {Anna Nguyen}"],
    ["Nguyen, Anna was here", "{Anna Nguyen} was here"],
    ["Ask james or okafor.", "Ask {James Okafor} or {James Okafor}."],
    ["James's keys, James’ bag", "{James Okafor}'s keys, {James Okafor}’ bag"],
    ["okafor's, Okafors’, Okafors car", "{James Okafor}'s, {James Okafor}s’, {James Okafor}s car"],
    ["Okafor'll come", "{James Okafor}'ll come"],
    ["O’DWYER, ODwyer, o'dwyer's", "{Grace ODwyer}, {Grace ODwyer}, {Grace ODwyer}'s"],
    ["Yunupingu-Ross, yunupingu ross", "{Thi Mai Yunupingu-Ross}, {Thi Mai Yunupingu-Ross}"],
    ["Mai Yunupingu-Ross and Mai", "{Thi Mai Yunupingu-Ross} and {Thi Mai Yunupingu-Ross}"],
    ["Zoe Mu\u0308ller", "{Zoe Müller}"],
    ["Dang Van Hung", "{Đặng Văn Hùng}"],
    [
      "(Okafor) “Okafor” _okafor_ okafor/Rossi",
      "({James Okafor}) “{James Okafor}” _{James Okafor}_ {James Okafor}/{Maria Rossi}",
    ],
    ["Okafor\nOkafor\tOkafor", "{James Okafor}\n{James Okafor}\t{James Okafor}"],
    ["okafor1985 came", "{James Okafor} came"],
    ["Jane told Smith", "{Jane Smith} told {Jane Smith}"],
    ["Priya and Dr. Singh", "{Priya Singh} and Dr. {Priya Singh}"],
    ["Bill D'Angelo", "{William DAngelo}"],
    ["李 张伟", "{张伟 李}"],
  ])("%s", (text, expected) => {
    expect(searched(text, KNOWN)).toBe(filled(expected));
  });
});

describe("a text is kept where it has no name", () => {
  test.each([
    "Annabelle, Joanna and Hannah-Lee",
    "okaforian, smithy, blacksmith",
    "This is it. Does he? The boys.",
    "j6pk2xbyfmxe5qfe8ssyd2hbnbbx5sfh",
    "annaé",
    "a1anna2b",
    "",
    " ",
    "😀",
  ])("%j", (text) => {
    expect(searched(text, KNOWN)).toBe(text);
  });
});

describe("a name that is an ordinary word", () => {
  test.each([
    ["We asked Will to come.", "We asked {Will Brown} to come."],
    ["Will was sitting, and Grace cried.", "{Will Brown} was sitting, and {Grace ODwyer} cried."],
    ["Grace thinks so.", "{Grace ODwyer} thinks so."],
    ["Will's bag", "{Will Brown}'s bag"],
    ["It fell. “Grace, come!”", "It fell. “{Grace ODwyer}, come!”"],
    ["will brown, Mr Brown, Mr. Brown", "will brown, Mr {Will Brown}, Mr. {Will Brown}"],
    [
      "Will Brown came. Will sat. Then Will he go?",
      "{Will Brown} came. {Will Brown} sat. Then {Will Brown} he go?",
    ],
    ["in May Tuilagi moved", "in {May Tuilagi} moved"],
  ])("is replaced where it is meant as one: %s", (text, expected) => {
    expect(searched(text, KNOWN)).toBe(filled(expected));
  });

  test.each([
    "It will rain. Will it rain? Will he? Will the van come?",
    "Mark the chart. Brown bread, brown bread.",
    "May I go? In May 2026, on 3 May, on the 3rd of May, May 3",
    "the meat will brown in the oven with grace",
    "Grace periods",
  ])("is kept where it is not: %s", (text) => {
    const kept = text.replace("Grace periods", "a grace period");
    expect(searched(kept, KNOWN)).toBe(kept);
  });

  test("is replaced at the beginning of a sentence, too, once somebody of that name was named", () => {
    expect(searched("Grace O'Dwyer. Grace period. Will it?", KNOWN)).toBe(
      filled("{Grace ODwyer}. {Grace ODwyer} period. Will it?"),
    );
  });
});

describe("a first name that several have", () => {
  test("is that of the one who was named in the same document", () => {
    expect(searched("Anna Chen came. Anna sat.", KNOWN)).toBe(
      filled("{Anna Chen} came. {Anna Chen} sat."),
    );
  });

  test("has a pseudonym of its own where none or both were named", () => {
    const alone = searched("Anna", KNOWN);
    expect(alone).toMatch(/^Person \w{8}$/);
    expect([pseudonymOf("Anna Chen", KNOWN), pseudonymOf("Anna Nguyen", KNOWN)]).not.toContain(
      alone,
    );
    expect(searched("Anna Chen, Anna Nguyen. Anna sat.", KNOWN)).toContain(`. ${alone} sat`);
  });
});

describe("somebody whom the database does not know", () => {
  test.each([
    ["Dr Patel came", "Dr {Patel} came"],
    ["Mrs. Sarah Fitzgerald's car", "Mrs. {Sarah Fitzgerald}'s car"],
  ])("is replaced behind a title: %s", (text, expected) => {
    const stranger = filled(expected).replaceAll("User", "Person");
    expect(searched(text, KNOWN)).toBe(stranger);
  });

  test("is another person than either of those whose names they have", () => {
    const stranger = searched("Anna Okafor", KNOWN);
    expect(stranger).toMatch(/^Person \w{8}$/);
    expect(stranger).not.toBe(pseudonymOf("James Okafor", KNOWN));
  });
});

test("an ordinary word with somebody's last name behind is a name", () => {
  expect(searched("Grace Okafor is new. Will Rossi too", KNOWN)).toMatch(
    /^Person \w{8} is new\. Person \w{8} too$/,
  );
});

describe("what looks like an email, a number or an address is replaced, known or not", () => {
  test.each([
    "a@b.test",
    "Anna.Nguyen+x@mail.b.test",
    "o'brien@b.test",
    "zoë@müller.test",
    "a_b%c@localhost",
  ])("an email: %s", (email) => {
    expect(searched(`write to ${email}.`, KNOWN)).toMatch(
      /^write to user-[0-9a-z]{8}@example\.invalid\.$/,
    );
    expect(searched(`<${email.toUpperCase()}>`, KNOWN)).toBe(`<${searched(email, KNOWN)}>`);
  });

  test.each([
    "0491570156",
    "0491 570 156",
    "0491-570-156",
    "0491.570.156",
    "+61 491 570 156",
    "+61491570156",
    "+61 (0)491 570 156",
    "0011 61 491 570 156",
    "61491570156",
    "491 570 156",
  ])("a phone number, the same in all spellings: %s", (number) => {
    const pseudonym = searched("0491570156", KNOWN);
    expect(pseudonym).toMatch(/^phone-[0-9a-z]{8}$/);
    expect(searched(`Ring ${number}!`, KNOWN)).toBe(`Ring ${pseudonym}!`);
  });

  test.each([
    "(07) 3123 4567",
    "07 3123 4567",
    "9555 1234",
    "9555-1234",
    "1300 123 456",
    "+1 212 555 0123",
    "+44 20 7946 0958",
    "020 7946 0958",
    "(212) 555-0123",
  ])("a phone number of another kind: %s", (number) => {
    expect(searched(`Ring ${number}, now`, KNOWN)).toMatch(/^Ring phone-[0-9a-z]{8}, now$/);
  });

  test.each(["430123456", "430 123 456", "43 012 3456", "430-123-456"])(
    "an NDIS number, the same in all spellings: %s",
    (number) => {
      const pseudonym = searched("430123456", KNOWN);
      expect(pseudonym).toMatch(/^ndis-[0-9a-z]{8}$/);
      expect(searched(`NDIS ${number}.`, KNOWN)).toBe(`NDIS ${pseudonym}.`);
    },
  );

  test.each([
    "12 Wattle Street",
    "Unit 4/12 Wattle St",
    "12A Kangaroo Point Rd, Toowoomba QLD 4350",
    "3 Smith Ave",
  ])("an address: %s", (address) => {
    const result = searched(`lives at ${address}.`, KNOWN);
    expect(result).toMatch(/^lives at (Unit )?address-[0-9a-z]{8}\.$/);
  });

  test.each([
    "https://a.test/users/james-okafor",
    "https://a.test/?mail=x%40b.test&page=1",
    "https://a.test/call/0491570156",
    "www.okafor.test",
  ])("a URL that names somebody: %s", (url) => {
    expect(searched(`see ${url}, please`, KNOWN)).toMatch(
      /^see https:\/\/example\.invalid\/page-[0-9a-z]{8}, please$/,
    );
  });

  test.each([
    ["DOB: 12/03/1985.", "DOB: 1985."],
    ["born on 12 March 1985", "born on 1985"],
    ["Date of birth is 1985-03-12, ok", "Date of birth is 1985, ok"],
    ["birthday March 12th, 1985", "birthday 1985"],
    ["DOB 12/3/85", "DOB [year]"],
  ])("a date of birth: %s", (text, expected) => {
    expect(searched(text, KNOWN)).toBe(expected);
  });

  test.each([
    "on 12/03/2025 at 14:30, 2019-2023, 2024 2025",
    "2026-01-31T04:05:06.789Z",
    "1739248907458.012 and 0.412345678 and 12.0491570156",
    "call 000, 13 11 14 or ext. 4211",
    "0a412345-9123-4567-8901-912345678901",
    "ab0491570156cd and id_4301234567890",
    "5 mg at 8 am, 120/80, 36.6, 3 May, $430,123,456",
    "https://a.test/page?x=1",
    "6 Acacia House; 12 people",
    "a @ b",
  ])("and other text is kept: %s", (text) => {
    expect(searched(text, KNOWN)).toBe(text);
  });
});

test("a text that was searched is not changed by another search", () => {
  const text =
    "Anna Chen (0491 570 156, a@b.test, 430123456) of 12 Wattle Street, https://a.test/okafor, DOB 1/2/1990";
  const once = searched(text, KNOWN);
  expect(once).not.toMatch(/Chen|0491|@b|4301|Wattle|okafor|1\/2/);
  expect(searched(once, KNOWN)).toBe(once);
});

test("a text that is JSON is searched as what it says, its keys included", () => {
  const text = JSON.stringify({ note: "seen by\nOkafor", Okafor: [1, { by: "x@b.test" }] });
  const result = searched(text, KNOWN);
  const name = pseudonymOf("James Okafor", KNOWN);
  expect(JSON.parse(result)).toEqual({
    note: `seen by\n${name}`,
    [name]: [1, { by: expect.stringMatching(/^user-/) as string }],
  });
  const harmless = '{ "a": 1.0 }';
  expect(searched(harmless, KNOWN)).toBe(harmless);
});
