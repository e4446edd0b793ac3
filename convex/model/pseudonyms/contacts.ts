import { wordsOf } from "./fold";
import { NO_NAMES } from "./nameWords";
import { findNumber, type KnownNumbers } from "./numbers";
import { parseName, type ParsedName } from "./names";

/** Somebody to call, e.g. "Mary Smith (mother) 0491 570 006". */
export interface Contact {
  /** Absent where only a number is given. */
  name: ParsedName | undefined;
  relation: string | undefined;
  /** As `findNumber` gives them. */
  phones: string[];
}

const RELATIONS: ReadonlySet<string> = new Set(
  (
    "mum mother mom dad father parent parents brother sister daughter son aunt aunty auntie uncle cousin " +
    "niece nephew grandmother grandfather grandma grandpa nan nanna wife husband partner spouse friend " +
    "neighbour guardian carer caregiver advocate trustee"
  ).split(" "),
);

const NOTHING_KNOWN: KnownNumbers = { phones: new Set(), ndisNumbers: new Set() };

/** Takes a field for contacts apart, which people fill in as they like. */
export function parseContacts(text: string): Contact[] {
  const contacts: Contact[] = [];
  for (const part of text.normalize("NFKC").split(/[;\n|/&,]|\b(?:and|or)\b/i)) {
    const { phones, rest } = takePhones(part);
    const name = withoutRoles(parseName(rest));
    const relation = wordsOf(rest).find((word) => RELATIONS.has(word));
    const before = contacts.at(-1);
    if (name !== undefined || before === undefined) contacts.push({ name, relation, phones });
    else {
      before.relation ??= relation;
      before.phones.push(...phones);
    }
  }
  return contacts;
}

function takePhones(text: string): { phones: string[]; rest: string } {
  const phones: string[] = [];
  let rest = "";
  for (let at = 0; at < text.length;) {
    const isDigit = /\d/.test(text[at] ?? "");
    const number = isDigit ? findNumber(text, at, NOTHING_KNOWN) : undefined;
    if (number?.kind === "phone") phones.push(number.digits);
    rest += number === undefined ? text[at] : " ";
    at = number?.end ?? at + 1;
  }
  return { phones, rest };
}

function withoutRoles({ first, last, aliases }: ParsedName): ParsedName | undefined {
  const isName = (word: string) =>
    !NO_NAMES.has(word) && !RELATIONS.has(word) && !/^\d+$/.test(word);
  const name = { first: first.filter(isName), last: last.filter(isName), aliases };
  return name.first.length + name.last.length > 0 ? name : undefined;
}
