import { ConvexError, v, type ObjectType } from "convex/values";
import { MAXIMUM_IDENTITIES, MAXIMUM_IDENTITY_CHARACTERS, type ExportTable } from "../exportPolicy";
import type { DocumentReader } from "./exportPage";
import { PERSONAL_FIELDS } from "./exportTables";
import { IdentityCollector } from "./pseudonyms/collector";
import { identitiesValidator, type Identities } from "./pseudonyms/identities";
import { Sanitizer, type StoredDocument } from "./sanitize";

/** How a page treats people, and who is looked for: those whom `exports:readIdentities` found. */
export const privacyArgs = {
  /** `redacted` where absent. */
  privacy: v.optional(v.union(v.literal("redacted"), v.literal("pseudonymised"))),
  /** Only, and always, with `pseudonymised`. */
  identities: v.optional(identitiesValidator),
};

type PrivacyArgs = ObjectType<typeof privacyArgs>;

/**
 * The sanitiser of one page.
 * @throws ConvexError `bad_page` where profile and identities do not belong together: a profile that
 *   got lost must not pass for the weaker one. `too_many_identities` past the bound.
 */
export function createSanitizer({
  fingerprintKey,
  privacy = "redacted",
  identities,
}: PrivacyArgs & { fingerprintKey: string }): Sanitizer {
  if ((privacy === "pseudonymised") !== (identities !== undefined)) {
    throw new ConvexError({
      code: "bad_page",
      message: "identities belong to privacy: pseudonymised, which cannot be without them.",
    });
  }
  if (identities !== undefined) requireFewEnough(identities);
  return new Sanitizer(fingerprintKey, identities);
}

/** Collects who the documents of a page name, and keeps nothing else of them. */
export class IdentityReader implements DocumentReader<void> {
  private readonly collector = new IdentityCollector();

  document(table: ExportTable, stored: StoredDocument): void {
    this.collector.add(stored, PERSONAL_FIELDS.get(table) ?? []);
  }

  /** Nothing is counted, and who is named twice is one. */
  checkpoint(): () => void {
    return () => undefined;
  }

  get identities(): Identities {
    return this.collector.identities;
  }
}

function requireFewEnough(identities: Identities): void {
  const texts = Object.values(identities);
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const lines = texts.reduce((sum, text) => sum + text.split("\n").length, 0);
  if (characters > MAXIMUM_IDENTITY_CHARACTERS || lines > MAXIMUM_IDENTITIES) {
    throw new ConvexError({
      code: "too_many_identities",
      message: `A page looks for ${MAXIMUM_IDENTITIES} names and numbers at most.`,
    });
  }
}
