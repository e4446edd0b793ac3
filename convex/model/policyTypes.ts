import type { GenericId } from "convex/values";

/**
 * - `public`: exported as it is; tells nothing about a person.
 * - `reference`: a document id.
 * - `personal`: identifies a person. Exported.
 * - `sensitive`: health information and free text. Exported.
 * - `credential`: replaced by a fingerprint under the key of this one export.
 * - `excluded`: never leaves the database.
 * - `opaque`: `v.any()`; searched at every depth for credential-like keys and values.
 */
export type FieldClass =
  "public" | "reference" | "personal" | "sensitive" | "credential" | "excluded" | "opaque";

type IsAny<T> = 0 extends 1 & T ? true : false;

/** The classes open to a field by its type: ids are references, `any` is opaque or excluded. */
type ClassFor<T> =
  IsAny<T> extends true
    ? "opaque" | "excluded"
    : [NonNullable<T>] extends [GenericId<string>]
      ? "reference" | "excluded"
      : Exclude<FieldClass, "reference" | "opaque">;

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
