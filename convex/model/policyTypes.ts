import type { GenericId } from "convex/values";

/**
 * - `public`: exported as it is; tells nothing about a person.
 * - `{ public: "text" }`: written by people, so it may name somebody. Exported.
 * - `reference`: a document id.
 * - `{ personal: … }`: identifies a person, and says as what. Exported.
 * - `sensitive`: health information and free text. Exported.
 * - `credential`: replaced by a fingerprint under the key of this one export.
 * - `excluded`: never leaves the database.
 * - `opaque`: `v.any()`; searched at every depth for credential-like keys and values.
 *
 * In the profile `pseudonymised`, what is `personal` is replaced by a pseudonym, and whatever is
 * `{ public: "text" }`, `sensitive` or `opaque` is searched for people. The class of a field holds
 * for all that is in it, at every depth.
 */
export type FieldClass =
  | "public"
  | { readonly public: "text" }
  | "reference"
  | { readonly personal: PersonalKind }
  | "sensitive"
  | "credential"
  | "excluded"
  | "opaque";

/** What a personal field says of a person, hence what its pseudonym looks like. */
export type PersonalKind =
  | "participant_name" // first and last name of somebody who is supported
  | "participant_first_name" // with the last name in the same document
  | "participant_last_name"
  | "user_name" // first and last name of somebody who uses SupportSignal
  | "contact" // somebody to call, in free form: name, relation, numbers
  | "email"
  | "phone"
  | "ndis_number"
  | "date_of_birth"
  | "image_url"
  | "account_id";

type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * The classes open to a field by its type: ids are references, `any` is opaque or excluded, and only
 * a text is a name, a number or an address of somebody.
 */
type ClassFor<T> =
  IsAny<T> extends true
    ? "opaque" | "excluded"
    : [NonNullable<T>] extends [GenericId<string>]
      ? "reference" | "excluded"
      : [NonNullable<T>] extends [string]
        ? Exclude<FieldClass, "reference" | "opaque">
        : Exclude<FieldClass, "reference" | "opaque" | { readonly personal: PersonalKind }>;

type DocumentOf<Model, T extends keyof Model> = Model[T] extends { document: infer D } ? D : never;

/** A table is either left out for a reason, or has a class for each of its fields. */
export type TablePolicy<Document> =
  | { excluded: string }
  | {
      fields: { [F in Exclude<keyof Document, "_id" | "_creationTime">]-?: ClassFor<Document[F]> };
    };

/** An exhaustive policy for a data model; generic so that another schema can use it. */
export type ExportPolicy<Model> = {
  [T in keyof Model & string]: TablePolicy<DocumentOf<Model, T>>;
};
