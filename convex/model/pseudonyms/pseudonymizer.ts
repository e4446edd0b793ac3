import type { Value } from "convex/values";
import { snakeCase } from "../credentials";
import type { PersonalKind } from "../policyTypes";
import type { Rewriter } from "../redaction";
import { parseContacts, type Contact } from "./contacts";
import { yearOf } from "./dates";
import { fold } from "./fold";
import { Pseudonyms } from "./format";
import { decodeIdentities, type Identities, type Known } from "./identities";
import { nameKey, parseName, parseSplitName, type ParsedName } from "./names";
import type { Person, PersonLabel } from "./people";
import { TextSearch } from "./textSearch";

/** The personal fields of a table. */
export type PersonalFields = readonly (readonly [field: string, kind: PersonalKind])[];

/** What data of any shape calls the personal fields of the schema, beside their own names. */
const OTHER_NAMES: Readonly<Record<string, PersonalKind>> = {
  full_name: "user_name",
  email_address: "email",
  phone: "phone",
  phone_number: "phone",
  mobile: "phone",
  dob: "date_of_birth",
  birth_date: "date_of_birth",
};

/** Replaces people by pseudonyms, in the documents of one page. */
export class Pseudonymizer implements Rewriter {
  private readonly known: Known;
  private readonly pseudonyms: Pseudonyms;
  private readonly search: TextSearch;
  private readonly names = new Map<string, ParsedName>();
  private fieldCount = 0;
  /** Whose first and last name the document has in two fields. */
  private participant: Person | undefined;

  /**
   * @param key The key of the export: pseudonyms are equal under the same, and only then.
   * @param identities Who is looked for in texts.
   * @param kinds What fields of these names are in data of any shape, in snake case.
   */
  constructor(
    key: string,
    identities: Identities,
    private readonly kinds: ReadonlyMap<string, PersonalKind>,
  ) {
    this.known = decodeIdentities(identities);
    this.pseudonyms = new Pseudonyms(key);
    this.search = new TextSearch(this.known, this.pseudonyms);
  }

  /** How much was replaced so far. */
  get count(): number {
    return this.fieldCount + this.search.count;
  }

  /** Notes who a document names, so that a first name in its texts means them. */
  beginDocument(
    document: Readonly<Record<string, Value | undefined>>,
    fields: PersonalFields,
  ): void {
    this.search.names.beginDocument();
    this.participant = undefined;
    if (fields.length === 0) return;
    const textOf = (kind: PersonalKind) => {
      const value = document[fields.find(([, of]) => of === kind)?.[0] ?? ""];
      return typeof value === "string" ? value : "";
    };
    const first = textOf("participant_first_name");
    const last = textOf("participant_last_name");
    if (first !== "" || last !== "") {
      this.participant = this.person(parseSplitName(first, last), "Participant", first + last);
    }
    for (const [kind, label] of [
      ["participant_name", "Participant"],
      ["user_name", "User"],
    ] as const) {
      const written = textOf(kind);
      if (written !== "") this.person(this.parsed(written), label, written);
    }
  }

  /** What a personal field holds instead. */
  field(kind: PersonalKind, value: string): string {
    const pseudonym = value.trim() === "" ? value : this.pseudonymOf(kind, value);
    if (pseudonym !== value) this.fieldCount += 1;
    return pseudonym;
  }

  text(text: string, key: string | undefined): string {
    const kind = key === undefined ? undefined : this.kindOf(key);
    const isPart = kind === "participant_first_name" || kind === "participant_last_name";
    if (kind !== undefined && !isPart) return this.field(kind, text);
    const searched = this.search.replace(text);
    return isPart && searched === text ? this.field("contact", text) : searched;
  }

  key(key: string): string {
    return this.search.replace(key);
  }

  private kindOf(key: string): PersonalKind | undefined {
    const name = snakeCase(key);
    return (
      this.kinds.get(name) ?? (Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined)
    );
  }

  private pseudonymOf(kind: PersonalKind, value: string): string {
    const { pseudonyms } = this;
    switch (kind) {
      case "participant_name":
        return pseudonyms.person(this.person(this.parsed(value), "Participant", value));
      case "user_name":
        return pseudonyms.person(this.person(this.parsed(value), "User", value));
      case "participant_first_name":
        return this.participant?.label ?? "Participant";
      case "participant_last_name":
        return pseudonyms.personCode(this.participant?.key ?? fold(value));
      case "contact":
        return this.contacts(value);
      case "email":
        return pseudonyms.email(value);
      case "phone": {
        const phones = parseContacts(value).flatMap((contact) => contact.phones);
        if (phones.length === 0) return pseudonyms.numberField("phone", value);
        return phones.map((phone) => pseudonyms.number("phone", phone)).join(", ");
      }
      case "ndis_number":
        return pseudonyms.numberField("ndis", value);
      case "date_of_birth":
        return yearOf(value);
      case "image_url":
        return pseudonyms.image(value);
      case "account_id":
        return pseudonyms.account(value);
    }
  }

  private contacts(value: string): string {
    return parseContacts(value)
      .map((contact) => this.contact(contact, value))
      .join(", ");
  }

  private contact({ name, relation, phones }: Contact, value: string): string {
    return [
      name === undefined ? "" : this.pseudonyms.person(this.person(name, "Person", value)),
      relation === undefined ? "" : `(${relation})`,
      ...phones.map((phone) => this.pseudonyms.number("phone", phone)),
    ]
      .filter((part) => part !== "")
      .join(" ");
  }

  /** Documents of one page name the same people again and again. */
  private parsed(written: string): ParsedName {
    const known = this.names.get(written);
    if (known !== undefined) return known;
    const name = parseName(written);
    this.names.set(written, name);
    return name;
  }

  /** The person of a name, as the database knows them. */
  private person(name: ParsedName, label: PersonLabel, written: string): Person {
    const key = nameKey(name) || written.trim();
    const person = this.known.people.withKey(key) ?? { label, key, words: "" };
    this.search.names.noteNamed(person);
    return person;
  }
}
