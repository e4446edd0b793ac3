import type { Value } from "convex/values";
import type { PersonalKind } from "../policyTypes";
import { parseContacts } from "./contacts";
import { NO_IDENTITIES, type Identities, type IdentityKind } from "./identities";
import { encodeName, parseName, parseSplitName, type ParsedName } from "./names";
import { digitsOf, FEWEST_KNOWN_DIGITS, normalizePhone } from "./numbers";

type Fields = readonly (readonly [field: string, kind: PersonalKind])[];

/** Gathers who is named in the personal fields of documents. */
export class IdentityCollector {
  private readonly found: Readonly<Record<IdentityKind, Set<string>>> = {
    participants: new Set(),
    users: new Set(),
    people: new Set(),
    phones: new Set(),
    ndisNumbers: new Set(),
    imageUrls: new Set(),
  };

  /** @param fields The personal fields of the document's table. */
  add(document: Readonly<Record<string, Value | undefined>>, fields: Fields): void {
    let first = "";
    let last = "";
    for (const [field, kind] of fields) {
      const value = document[field];
      if (typeof value !== "string") continue;
      if (kind === "participant_first_name") first = value;
      else if (kind === "participant_last_name") last = value;
      else this.addField(kind, value);
    }
    if (first !== "" || last !== "") this.addName("participants", parseSplitName(first, last));
  }

  private addField(kind: PersonalKind, value: string): void {
    if (kind === "participant_name") this.addName("participants", parseName(value));
    else if (kind === "user_name") this.addName("users", parseName(value));
    else if (kind === "phone") this.addPhone(value);
    else if (kind === "ndis_number") this.addNdisNumber(value);
    else if (kind === "image_url") this.addLine("imageUrls", value.trim());
    else if (kind === "contact") {
      for (const { name, phones } of parseContacts(value)) {
        if (name !== undefined) this.addName("people", name);
        for (const phone of phones) this.addPhone(phone);
      }
    }
  }

  private addPhone(text: string): void {
    const phone = normalizePhone(digitsOf(text));
    if (phone.length >= FEWEST_KNOWN_DIGITS) this.addLine("phones", phone);
  }

  private addNdisNumber(text: string): void {
    const digits = digitsOf(text);
    if (digits.length >= FEWEST_KNOWN_DIGITS) this.addLine("ndisNumbers", digits);
  }

  private addName(kind: IdentityKind, name: ParsedName): void {
    this.addLine(kind, encodeName(name));
  }

  private addLine(kind: IdentityKind, line: string): void {
    if (line !== "" && !line.includes("\n")) this.found[kind].add(line);
  }

  get identities(): Identities {
    const identities = { ...NO_IDENTITIES };
    for (const kind of IDENTITY_KINDS) identities[kind] = [...this.found[kind]].join("\n");
    return identities;
  }
}

const IDENTITY_KINDS = Object.keys(NO_IDENTITIES) as IdentityKind[];
