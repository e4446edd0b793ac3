import type { Value } from "convex/values";

type SampleTables = Record<string, Record<string, Value>[]>;

/** Who is named in the data, found by the names of fields and not by the export's policy. */
export interface KnownPeople {
  /** Every word of a name, without case and accents. */
  words: ReadonlySet<string>;
  /** Emails in small letters, phone numbers and NDIS numbers. */
  values: readonly string[];
}

/** Shorter ones are parts of initials. */
const SHORTEST_WORD = 3;

const NAME_FIELDS = new Set([
  "users.name",
  "participants.first_name",
  "participants.last_name",
  "incidents.reporter_name",
  "incidents.participant_name",
]);

/** Case and accents do not matter, and apostrophes are no space: "O’Brien" is "obrien". */
export function plainWords(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/[\p{M}'’]/gu, "");
  return plain.toLowerCase().split(/[^\p{L}\p{N}]+/u);
}

export function findPeople(tables: SampleTables): KnownPeople {
  const words = new Set<string>();
  const values = new Set<string>();
  for (const [table, documents] of Object.entries(tables)) {
    for (const [field, value] of documents.flatMap((document) => Object.entries(document))) {
      if (typeof value !== "string") continue;
      const contact = /^([^(]+) \(\w+\) ([\d ]+)$/.exec(value);
      if (field === "emergency_contact" && contact === null) throw new Error("another form");
      const name = NAME_FIELDS.has(`${table}.${field}`) ? value : (contact?.[1] ?? "");
      for (const word of plainWords(name)) if (word.length >= SHORTEST_WORD) words.add(word);
      if (/email$|^ndis_number$|^contact_phone$/.test(field)) values.add(value.toLowerCase());
      if (contact?.[2] !== undefined) values.add(contact[2]);
    }
  }
  for (const value of [...values]) values.add(value.replaceAll(" ", ""));
  return { words, values: [...values] };
}

/** Every text of a value, keys included. */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...textsOf(child),
  ]);
}

/** What of them stands in the texts, with how often. */
export function foundIn(texts: readonly string[], people: KnownPeople): Map<string, number> {
  const found = new Map<string, number>();
  const count = (what: string) => found.set(what, (found.get(what) ?? 0) + 1);
  for (const text of texts) {
    for (const word of plainWords(text)) if (people.words.has(word)) count(word);
    const small = text.toLowerCase();
    for (const value of people.values) if (small.includes(value)) count(value);
  }
  return found;
}
