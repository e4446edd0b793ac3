import type { Value } from "convex/values";
import { PERSONAL_FIELDS } from "../../convex/model/exportTables";
import { IdentityCollector } from "../../convex/model/pseudonyms/collector";
import type { Identities } from "../../convex/model/pseudonyms/identities";
import { Sanitizer } from "../../convex/model/sanitize";

type Documents = Record<string, Record<string, Value>[]>;

/** Who the documents of a database name, as `exports:readIdentities` finds them. */
export function identitiesOf(tables: Documents): Identities {
  const collector = new IdentityCollector();
  for (const [table, documents] of Object.entries(tables)) {
    for (const document of documents) collector.add(document, PERSONAL_FIELDS.get(table) ?? []);
  }
  return collector.identities;
}

/** A database of people, by their names. */
export function people({
  participants = [],
  users = [],
  contacts = [],
}: {
  participants?: [first: string, last: string][];
  users?: string[];
  contacts?: string[];
}): Identities {
  return identitiesOf({
    participants: [
      ...participants.map(([first_name, last_name]) => ({ first_name, last_name })),
      ...contacts.map((emergency_contact) => ({ emergency_contact })),
    ],
    users: users.map((name) => ({ name })),
  });
}

/** One text of one document, as it is in the file. */
export function searched(text: string, identities: Identities, key = "key"): string {
  const document = { _id: "n", _creationTime: 1, before_event: text };
  const exported = new Sanitizer(key, identities).document("incident_narratives", document);
  return String(exported["before_event"]);
}

/** The pseudonym of a name, as a user has it. */
export function pseudonymOf(name: string, identities: Identities, key = "key"): string {
  const user = { _id: "u", _creationTime: 1, name };
  return String(new Sanitizer(key, identities).document("users", user)["name"]);
}
