import { v, type Infer } from "convex/values";
import { decodeName } from "./names";
import type { KnownNumbers } from "./numbers";
import { People } from "./people";

/**
 * Who is known, as it goes from `exports:readIdentities` through the portal into each page: texts
 * with one identity per line, because a Convex array holds 8,192 values at most. Nothing but what
 * texts are compared with: names without case and accents, digits, addresses of images.
 */
export const identitiesValidator = v.object({
  participants: v.string(),
  users: v.string(),
  /** Others who are named, e.g. to be called in an emergency. */
  people: v.string(),
  phones: v.string(),
  ndisNumbers: v.string(),
  imageUrls: v.string(),
});

export type Identities = Infer<typeof identitiesValidator>;
export type IdentityKind = keyof Identities;

export const NO_IDENTITIES: Identities = {
  participants: "",
  users: "",
  people: "",
  phones: "",
  ndisNumbers: "",
  imageUrls: "",
};

/** The same, ready to be looked up. */
export interface Known extends KnownNumbers {
  people: People;
  imageUrls: ReadonlySet<string>;
}

export function decodeIdentities(identities: Identities): Known {
  const people = new People();
  // In this order: one who is a participant, too, is called a participant everywhere.
  for (const line of linesOf(identities.participants)) people.add("Participant", decodeName(line));
  for (const line of linesOf(identities.users)) people.add("User", decodeName(line));
  for (const line of linesOf(identities.people)) people.add("Person", decodeName(line));
  return {
    people,
    phones: new Set(linesOf(identities.phones)),
    ndisNumbers: new Set(linesOf(identities.ndisNumbers)),
    imageUrls: new Set(linesOf(identities.imageUrls)),
  };
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}
