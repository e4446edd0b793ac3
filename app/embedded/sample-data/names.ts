import type { Doc } from "../../../convex/_generated/dataModel";
import type { Random } from "./random";
import type { Pronouns, World } from "./world";

export interface PersonName {
  readonly firstName: string;
  readonly lastName: string;
  readonly pronouns: Pronouns;
}

const SHE: Pronouns = { he: "she", him: "her", his: "her", himself: "herself" };
const HE: Pronouns = { he: "he", him: "him", his: "his", himself: "himself" };

// Faker's en_AU names are mostly Anglo-Celtic. These are common in Australia too, and some of
// them are not ASCII, as in any real register of names.
const MORE_FIRST_NAMES = {
  female: ["Thi Mai", "Priya", "Eleni", "Zoë", "Siobhán", "Amira", "Kirra", "Lucía", "Mele"],
  male: ["Minh", "Arjun", "Kostas", "José", "Bilal", "Jarrah", "Sione", "Zoran", "Wei"],
} as const;
const MORE_LAST_NAMES = [
  "Nguyễn",
  "Tran",
  "Singh",
  "Kaur",
  "Papadopoulos",
  "Haddad",
  "Šimić",
  "Chen",
  "Tuilagi",
  "Fernández",
  "Yunupingu-Ross",
  "D'Angelo",
  "Okafor",
  "Rossi",
] as const;

type Sex = "female" | "male";

/**
 * A plausible name with matching pronouns; different from every other of the sample. Within a
 * company first names differ too, so that a narrative cannot be misread.
 */
export function makeName(world: World, company?: Doc<"companies">): PersonName {
  const { random, store } = world;
  const make = (): PersonName => {
    const sex = random.pick(["female", "male"] as const);
    return {
      firstName: company ? makeCompanyFirstName(world, company, sex) : makeFirstName(random, sex),
      lastName: random.chance(0.35) ? random.pick(MORE_LAST_NAMES) : random.faker.person.lastName(),
      pronouns: sex === "female" ? SHE : HE,
    };
  };
  return store.unique("person", make, fullName);
}

/** A first name that nobody else at the company has. */
export function makeCompanyFirstName(
  { random, store }: World,
  company: Doc<"companies">,
  sex: Sex,
): string {
  return store.unique(firstNamesOf(company), () => makeFirstName(random, sex));
}

/** Keeps the first name of `name` from being given to anyone else at the company. */
export function reserveFirstName(world: World, name: string, company?: Doc<"companies">): void {
  if (company) world.store.unique(firstNamesOf(company), () => firstNameOf(name));
}

/** All of a name but its last word. */
export function firstNameOf(name: string): string {
  return name.slice(0, name.lastIndexOf(" "));
}

function firstNamesOf(company: Doc<"companies">): string {
  return `first name at ${company._id}`;
}

function makeFirstName(random: Random, sex: Sex): string {
  return random.chance(0.25)
    ? random.pick(MORE_FIRST_NAMES[sex])
    : random.faker.person.firstName(sex);
}

export function fullName(name: { firstName: string; lastName: string }): string {
  return `${name.firstName} ${name.lastName}`;
}

/** Lower-case ASCII with `separator` between words, as in addresses and slugs. */
export function asciiSlug(text: string, separator: string): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f'’]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, separator);
}
