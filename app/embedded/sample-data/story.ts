import type { Doc } from "../../../convex/_generated/dataModel";
import { DAY_MS, FIRST_INCIDENT_DAY_MS, MINUTE_MS, clockText, localTime } from "./clock";
import { firstNameOf, fullName } from "./names";
import { render, type Slots } from "./render";
import { byPhase, type Phase, type Place, type Scenario } from "./scenarios/types";
import type { Provider, ProviderPeople, SupportedPerson, World } from "./world";

/** How far a report has come. */
export type Stage = "drafted" | "capturing" | "captured" | "analysing" | "completed";

/** One incident as it happened and as its reporter tells it. */
export interface Story {
  readonly stage: Stage;
  readonly scenario: Scenario;
  readonly provider: Provider;
  readonly person: SupportedPerson;
  readonly reporter: Doc<"users">;
  /** Who reviews and analyses it. */
  readonly reviewer: Doc<"users">;
  readonly eventAt: number;
  readonly endAt: number;
  readonly location: string;
  readonly narrative: Readonly<Record<Phase, string>>;
  /** Fills in a template of the scenario. */
  readonly tell: (template: string) => string;
}

// Days since the first day of incidents: what is unfinished is mostly recent.
const EVENT_DAYS: Readonly<Record<Stage, readonly [number, number]>> = {
  completed: [0, 150],
  analysing: [60, 162],
  captured: [40, 166],
  capturing: [110, 169],
  drafted: [40, 170],
};

export function tellStory(
  world: World,
  stage: Stage,
  scenario: Scenario,
  { provider, people }: ProviderPeople,
): Story {
  const { random } = world;
  const person = pickPerson(world, scenario, people);
  const reporter = random.chance(0.85) ? random.pick(provider.workers) : provider.lead;
  const reviewer = reporter === provider.lead ? provider.admin : provider.lead;
  const coworker = random.pick(provider.workers.filter((worker) => worker !== reporter));

  const day = FIRST_INCIDENT_DAY_MS + random.int(...EVENT_DAYS[stage]) * DAY_MS;
  const [fromHour, toHour] = scenario.hours;
  const eventAt = localTime(day, random.int(fromHour * 12, toHour * 12) * 5);
  const minutes = random.int(...scenario.duration);
  const endAt = eventAt + minutes * MINUTE_MS;

  const place = random.pick(scenario.places);
  const values = {
    ...person.pronouns,
    ...pickDetails(world, scenario),
    p: person.firstName,
    full: fullName(person),
    w: firstNameOf(coworker.name),
    lead: firstNameOf(reviewer.name),
    contact: person.contact.name,
    relation: person.contact.relation,
    company: provider.company.name,
    site: person.site.name,
    town: provider.town,
    place: place.text,
    minutes: `about ${minutes} minutes`,
    told: `{end+${random.int(4, 12)}}`,
    family: `{end+${random.int(35, 60)}}`,
  };
  const slots = createSlots(values, eventAt, endAt);
  const tell = (template: string): string => render(template, slots);
  return {
    stage,
    scenario,
    provider,
    person,
    reporter,
    reviewer,
    eventAt,
    endAt,
    location: locationText(place, provider, person),
    narrative: tellNarrative(world, scenario, tell),
    tell,
  };
}

/** Mostly someone on record as a participant; always someone whom the scenario can happen to. */
function pickPerson(
  { random }: World,
  scenario: Scenario,
  people: readonly SupportedPerson[],
): SupportedPerson {
  const { needs } = scenario;
  const possible = people.filter((person) => needs === undefined || person.need === needs);
  const participants = possible.filter(({ participant }) => participant !== undefined);
  const isOnRecord = participants.length > 0 && random.chance(0.6);
  return random.pick(isOnRecord ? participants : possible);
}

function locationText(place: Place, provider: Provider, person: SupportedPerson): string {
  return `${place.label}, ${place.away ? provider.town : person.site.name}`;
}

function pickDetails({ random }: World, scenario: Scenario): Record<string, string> {
  return Object.fromEntries(
    Object.entries(scenario.details).map(([name, values]) => [name, random.pick(values)]),
  );
}

/** Slots by name; `t` and `end`, with or without `+5` minutes, are times of day. */
function createSlots(
  values: Readonly<Record<string, string>>,
  eventAt: number,
  endAt: number,
): Slots {
  return (name) => {
    const time = /^(t|end)([+-]\d+)?$/.exec(name);
    if (time === null) return values[name];
    return clockText((time[1] === "t" ? eventAt : endAt) + Number(time[2] ?? 0) * MINUTE_MS);
  };
}

function tellNarrative(
  { random }: World,
  scenario: Scenario,
  tell: (template: string) => string,
): Record<Phase, string> {
  return byPhase((phase) =>
    scenario.narrative[phase]
      .map((alternatives) => tell(random.pick(alternatives)))
      .filter((sentence) => sentence !== "")
      .join(" "),
  );
}
