import type { GenericId } from "convex/values";
import type { ExportPolicy } from "../../convex/model/policyTypes";

/**
 * What the compiler says of policies for a small data model: checked by `npm run typecheck`,
 * which reports an `@ts-expect-error` that no longer has an error below it.
 */

interface Model {
  people: {
    document: {
      _id: GenericId<"people">;
      _creationTime: number;
      name: string;
      nickname?: string;
      age: number;
      manager?: GenericId<"people">;
      data: ReturnType<typeof JSON.parse>;
    };
  };
  logs: { document: { _id: GenericId<"logs">; _creationTime: number; text: string } };
}

const people = {
  fields: {
    name: { personal: "user_name" },
    nickname: { public: "text" },
    age: "sensitive",
    manager: "reference",
    data: "opaque",
  },
} as const;

const { data: _data, ...withoutData } = people.fields;
const { nickname: _nickname, ...withoutNickname } = people.fields;

const logs = { excluded: "diagnostics" } as const;

export const complete = { people, logs } as const satisfies ExportPolicy<Model>;

export const withExclusions = {
  people: { fields: { ...people.fields, manager: "excluded", data: "excluded" } },
  logs: { fields: { text: "sensitive" } },
} as const satisfies ExportPolicy<Model>;

export const unknownClass = {
  // @ts-expect-error there is no such class
  people: { fields: { ...people.fields, name: "harmless" } },
  logs,
} as const satisfies ExportPolicy<Model>;

export const textAsOpaque = {
  // @ts-expect-error a text is not opaque
  people: { fields: { ...people.fields, name: "opaque" } },
  logs,
} as const satisfies ExportPolicy<Model>;

export const excludedWithoutReason = {
  people,
  // @ts-expect-error the reason is missing
  logs: { excluded: true },
} as const satisfies ExportPolicy<Model>;

// @ts-expect-error the table ghosts is not in the model
export const unknownTable = { people, logs, ghosts: logs } as const satisfies ExportPolicy<Model>;

// @ts-expect-error the table logs is not classified
export const withoutTable = { people } as const satisfies ExportPolicy<Model>;

export const withoutField = {
  // @ts-expect-error the field data is not classified
  people: { fields: withoutData },
  logs,
} as const satisfies ExportPolicy<Model>;

export const withoutOptionalField = {
  // @ts-expect-error the optional field nickname is not classified
  people: { fields: withoutNickname },
  logs,
} as const satisfies ExportPolicy<Model>;

export const anyPassedOn = {
  // @ts-expect-error a field of any type must be opaque or excluded
  people: { fields: { ...people.fields, data: "public" } },
  logs,
} as const satisfies ExportPolicy<Model>;

export const idNotReference = {
  // @ts-expect-error an id must be a reference or excluded, also where it is optional
  people: { fields: { ...people.fields, manager: "public" } },
  logs,
} as const satisfies ExportPolicy<Model>;

export const personalWithoutKind = {
  // @ts-expect-error a personal field says what it is
  people: { fields: { ...people.fields, name: "personal" } },
  logs,
} as const satisfies ExportPolicy<Model>;

export const unknownKind = {
  // @ts-expect-error there is no such kind of personal field
  people: { fields: { ...people.fields, name: { personal: "shoe_size" } } },
  logs,
} as const satisfies ExportPolicy<Model>;

export const numberAsPersonal = {
  // @ts-expect-error only a text has a pseudonym
  people: { fields: { ...people.fields, age: { personal: "phone" } } },
  logs,
} as const satisfies ExportPolicy<Model>;

export const textAsReference = {
  // @ts-expect-error a text is no reference
  people: { fields: { ...people.fields, name: "reference" } },
  logs,
} as const satisfies ExportPolicy<Model>;

export const systemField = {
  people,
  // @ts-expect-error system fields are not classified
  logs: { fields: { text: "public", _id: "reference" } },
} as const satisfies ExportPolicy<Model>;
