import type { Doc } from "../../../../convex/_generated/dataModel";

/** The four phases in which an incident is told, in order. */
export const PHASES = ["before_event", "during_event", "end_event", "post_event"] as const;

export type Phase = (typeof PHASES)[number];
/** A record with one value for each phase. */
export function byPhase<T>(make: (phase: Phase) => T): Record<Phase, T> {
  return Object.fromEntries(PHASES.map((phase) => [phase, make(phase)])) as Record<Phase, T>;
}

export type IncidentType = Doc<"incident_classifications">["incident_type"];
export type Severity = Doc<"incident_classifications">["severity"];

/** Wordings of the same thing, one of which is chosen. */
export type Alternatives = readonly string[];

/** A condition of a person that some scenarios are about. */
export type Need = "epilepsy" | "diabetes" | "speech_device";

export interface Place {
  /** As the incident's location says it, such as `Kitchen`. */
  readonly label: string;
  /** As a sentence says it, such as `in the kitchen`. */
  readonly text: string;
  /** Not at one of the provider's sites. */
  readonly away?: true;
}

export interface Question {
  readonly ask: string | Alternatives;
  readonly answers: Alternatives;
}

/** A question that fits most scenarios. */
export interface CommonQuestion extends Question {
  readonly topic: string;
}

export interface Classification {
  readonly type: IncidentType;
  readonly severity: Severity;
  readonly evidence: string;
}

/**
 * A kind of incident, as templates. Placeholders: `{p}` and `{full}` the person's first and full
 * name, `{he}` `{him}` `{his}` `{himself}`, `{w}` the co-worker, `{lead}` the team lead,
 * `{contact}` and `{relation}` the emergency contact, `{place}`, `{site}`, `{town}`, `{minutes}` the
 * duration, `{t}` the time of the event, `{t-20}` that many minutes earlier, `{end+5}` five
 * minutes after its end, `{told}` and `{family}` when team lead and contact were told, and every
 * key of `details`. The reporter writes as `I`.
 */
export interface Scenario {
  /** Local hours between which it happens. */
  readonly hours: readonly [number, number];
  /** Shortest and longest duration in minutes. */
  readonly duration: readonly [number, number];
  readonly places: readonly Place[];
  readonly details: Readonly<Record<string, Alternatives>>;
  /** Sentences of each phase; an empty alternative leaves the sentence out. */
  readonly narrative: Readonly<Record<Phase, readonly Alternatives[]>>;
  readonly questions: Readonly<Record<Phase, readonly Question[]>>;
  /** It happens only to someone with this condition. */
  readonly needs?: Need;
  /** Topics of common questions that do not fit. */
  readonly omit: readonly string[];
  readonly conditions: readonly string[];
  /** The main classification and one that also applies. */
  readonly classifications: readonly [Classification, Classification];
}
