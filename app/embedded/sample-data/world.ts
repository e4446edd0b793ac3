import type { Doc } from "../../../convex/_generated/dataModel";
import type { Random } from "./random";
import type { Need } from "./scenarios/types";
import type { SampleStore } from "./store";

/** What every generator works with: one of the worlds that make up the sample. */
export interface World {
  readonly store: SampleStore;
  readonly random: Random;
  /** The first world holds the demo accounts. */
  readonly isFirst: boolean;
}

/** A company that records incidents, with its people and houses. */
export interface Provider {
  readonly company: Doc<"companies">;
  readonly town: string;
  readonly admin: Doc<"users">;
  readonly lead: Doc<"users">;
  readonly workers: readonly Doc<"users">[];
  /** The sites where people live. */
  readonly houses: readonly Doc<"sites">[];
}

export interface Organisations {
  readonly systemAdmins: readonly Doc<"users">[];
  readonly providers: readonly Provider[];
}

export interface EmergencyContact {
  readonly name: string;
  readonly relation: string;
  readonly phone: string;
}

/** Someone whom a provider supports, on record as a participant or known by name only. */
export interface SupportedPerson {
  readonly firstName: string;
  readonly lastName: string;
  readonly pronouns: Pronouns;
  readonly contact: EmergencyContact;
  readonly site: Doc<"sites">;
  readonly need?: Need;
  readonly participant?: Doc<"participants">;
}

export interface ProviderPeople {
  readonly provider: Provider;
  /** The provider's participants; providers with few of them also support others by name. */
  readonly people: readonly SupportedPerson[];
}

export interface Pronouns {
  readonly he: string;
  readonly him: string;
  readonly his: string;
  readonly himself: string;
}
