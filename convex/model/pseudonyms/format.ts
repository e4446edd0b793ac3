import { PSEUDONYM_HOST } from "./addresses";
import { createCodeMaker, type CodeMaker, type CodePurpose } from "./codes";
import { digitsOf, normalizePhone } from "./numbers";
import type { Person } from "./people";

/** What pseudonyms look like: readable, and of a form that nothing real has. */
export class Pseudonyms {
  private readonly code: CodeMaker;
  private readonly people = new Map<Person, string>();

  /** @param key The key of one export, see `createCodeMaker`. */
  constructor(key: string) {
    this.code = createCodeMaker(key);
  }

  /** "Participant 7Q2F9KXM" */
  person(person: Person): string {
    const known = this.people.get(person);
    if (known !== undefined) return known;
    const pseudonym = `${person.label} ${this.personCode(person.key)}`;
    this.people.set(person, pseudonym);
    return pseudonym;
  }

  personCode(key: string): string {
    return this.code("person", key);
  }

  /** "user-3k9d8mza@example.invalid" */
  email(email: string): string {
    return `user-${this.small("email", normalizeText(email))}@${PSEUDONYM_HOST}`;
  }

  /** @param digits As `findNumber` gives them. */
  number(kind: "phone" | "ndis", digits: string): string {
    return `${kind}-${this.small(kind, digits)}`;
  }

  /** A number in a field for it, whatever was written there. */
  numberField(kind: "phone" | "ndis", text: string): string {
    const digits = digitsOf(text);
    const normal = kind === "phone" ? normalizePhone(digits) : digits;
    return this.number(kind, normal === "" ? normalizeText(text) : normal);
  }

  image(url: string): string {
    return `https://${PSEUDONYM_HOST}/image-${this.small("image", url.trim())}`;
  }

  url(url: string): string {
    return `https://${PSEUDONYM_HOST}/page-${this.small("url", url.trim())}`;
  }

  account(id: string): string {
    return `account-${this.small("account", id.trim())}`;
  }

  address(address: string): string {
    return `address-${this.small("address", normalizeText(address))}`;
  }

  private small(purpose: CodePurpose, identity: string): string {
    return this.code(purpose, identity).toLowerCase();
  }
}

function normalizeText(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");
}
