import type { Doc } from "../../../../convex/_generated/dataModel";
import type { ExportTable, exportPolicy } from "../../../../convex/exportPolicy";

type Policy = typeof exportPolicy;

type ExportedField<T extends ExportTable> = Policy[T] extends { fields: infer Fields }
  ? {
      [F in keyof Fields & keyof Doc<T>]: Fields[F] extends "excluded" ? never : F;
    }[keyof Fields & keyof Doc<T>]
  : never;

/** What a row of a table is, and what each exported field of it means. */
export interface TableMeaning<T extends ExportTable> {
  row: string;
  fields: Record<ExportedField<T>, string>;
}

/** The meaning of these tables; one without a line for each exported field does not compile. */
export type Meanings<T extends ExportTable> = { [Name in T]: TableMeaning<Name> };
