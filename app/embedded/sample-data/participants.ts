import type { Doc } from "../../../convex/_generated/dataModel";
import { CARE_NOTES, CARE_NOTES_BY_NEED } from "./care-notes";
import { DAY_MS, HOUR_MS, REFERENCE_TIME_MS } from "./clock";
import { fullName, makeCompanyFirstName, makeName } from "./names";
import { render } from "./render";
import type { Need } from "./scenarios/types";
import type {
  EmergencyContact,
  Organisations,
  Provider,
  ProviderPeople,
  SupportedPerson,
  World,
} from "./world";

/** Participants per provider: nine, as in the reference data set. */
const PARTICIPANTS = [2, 2, 2, 2, 1] as const;
/** People whom a provider supports without a participant record; incidents name them. */
const NAMED_ONLY = 2;
const GENERAL_CARE_NOTES = 4;

/** The conditions of a provider's people in turn; the fourth has none of them. */
const NEEDS: readonly Need[] = ["epilepsy", "diabetes", "speech_device"];

/** Numbers that the Australian Communications and Media Authority reserves for fiction. */
const FICTION_MOBILES = [
  "0491 570 006",
  "0491 570 156",
  "0491 570 157",
  "0491 570 158",
  "0491 570 159",
  "0491 570 737",
] as const;

const RELATIONS = {
  female: ["mother", "sister", "aunt", "guardian"],
  male: ["father", "brother", "uncle", "guardian"],
} as const;

/** Adds the participants and answers everyone whom incidents can be about, by provider. */
export function addParticipants(
  world: World,
  { providers }: Organisations,
): readonly ProviderPeople[] {
  return providers.map((provider, index) => ({
    provider,
    people: Array.from({ length: (PARTICIPANTS[index] ?? 0) + NAMED_ONLY }, (_, number) => {
      const person = makePerson(world, provider, NEEDS[number]);
      if (number >= (PARTICIPANTS[index] ?? 0)) return person;
      // The last provider's participant moved on after the last incident.
      const hasLeft = index === providers.length - 1;
      return { ...person, participant: addParticipant(world, provider, person, hasLeft) };
    }),
  }));
}

function makePerson(world: World, provider: Provider, need: Need | undefined): SupportedPerson {
  const { random } = world;
  const name = makeName(world, provider.company);
  const sex = random.pick(["female", "male"] as const);
  return {
    ...name,
    ...(need && { need }),
    contact: {
      name: `${makeCompanyFirstName(world, provider.company, sex)} ${name.lastName}`,
      relation: random.pick(RELATIONS[sex]),
      phone: random.pick(FICTION_MOBILES),
    },
    site: random.pick(provider.houses),
  };
}

function addParticipant(
  world: World,
  provider: Provider,
  person: SupportedPerson,
  hasLeft: boolean,
): Doc<"participants"> {
  const { random, store } = world;
  const createdAt =
    (provider.lead.created_at ?? 0) + random.int(8, 25) * DAY_MS + random.int(0, 7 * HOUR_MS);
  const editedAt = random.chance(0.7) ? createdAt + random.int(3, 160) * DAY_MS : createdAt;
  return store.insert("participants", createdAt, {
    company_id: provider.company._id,
    ...(random.chance(0.85) && { site_id: person.site._id }),
    first_name: person.firstName,
    last_name: person.lastName,
    date_of_birth: dateOfBirth(world),
    // NDIS numbers have nine digits and start with 43.
    ndis_number: store.unique("ndis", () => `43${random.faker.string.numeric(7)}`),
    ...(random.chance(0.6) && { contact_phone: random.pick(FICTION_MOBILES) }),
    emergency_contact: contactText(person.contact),
    support_level: random.pick(["high", "medium", "medium", "low"] as const),
    care_notes: careNotes(world, person, provider),
    status: hasLeft ? random.pick(["inactive", "discharged"] as const) : "active",
    created_at: createdAt,
    created_by: random.pick([provider.admin, provider.lead])._id,
    updated_at: hasLeft ? REFERENCE_TIME_MS - random.int(2, 30) * HOUR_MS : editedAt,
    updated_by: random.pick([provider.admin, provider.lead])._id,
  });
}

function dateOfBirth({ random }: World): string {
  const birthdate = random.faker.date.birthdate({ mode: "age", min: 19, max: 64 });
  return birthdate.toISOString().slice(0, 10);
}

function contactText({ name, relation, phone }: EmergencyContact): string {
  return `${name} (${relation}) ${phone}`;
}

function careNotes({ random }: World, person: SupportedPerson, provider: Provider): string {
  const slots = {
    p: person.firstName,
    full: fullName(person),
    ...person.pronouns,
    contact: person.contact.name,
    relation: person.contact.relation,
    worker: random.pick(provider.workers).name,
    lead: provider.lead.name,
    site: person.site.name,
    company: provider.company.name,
  };
  const notes = [
    ...(person.need ? [CARE_NOTES_BY_NEED[person.need]] : []),
    ...random.sample(CARE_NOTES, GENERAL_CARE_NOTES),
  ];
  return notes
    .map((template) => render(template, (name) => slots[name as keyof typeof slots]))
    .join(" ");
}
