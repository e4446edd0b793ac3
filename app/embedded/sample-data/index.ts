import type { Value } from "convex/values";
import { addAccess } from "./access";
import { addAiPrompts } from "./ai-prompts";
import { addAiRequests } from "./ai-requests";
import { addHandoffs } from "./handoffs";
import { addIncidents } from "./incidents";
import { addOrganisations } from "./organisations";
import { addParticipants } from "./participants";
import { Random } from "./random";
import { SampleStore, type TableName } from "./store";
import type { World } from "./world";

export type { TableName } from "./store";

const SEED = 20_251_001;

/**
 * The sample database: all 19 SupportSignal tables, each in (`_creationTime`, `_id`) order.
 *
 * At scale 1 it has the record counts of the reference data set; scale N is N such worlds of
 * other companies and people in one database. The same scale always gives the same documents.
 *
 * @throws RangeError when `scale` is not a whole number of at least 1.
 */
export function createSampleData(options: {
  scale: number;
}): Record<TableName, Record<string, Value>[]> {
  const { scale } = options;
  if (!Number.isSafeInteger(scale) || scale < 1) {
    throw new RangeError(`scale must be a whole number of at least 1, not ${scale}`);
  }
  const store = new SampleStore(new Random(SEED));
  for (let index = 0; index < scale; index++) {
    addWorld({ store, random: new Random(SEED + 1 + index), isFirst: index === 0 });
  }
  return store.sorted();
}

function addWorld(world: World): void {
  const organisations = addOrganisations(world);
  addAccess(world, organisations);
  const people = addParticipants(world, organisations);
  const prompts = addAiPrompts(world, organisations);
  const incidents = addIncidents(world, people, prompts);
  addAiRequests(world, incidents, prompts);
  addHandoffs(world, incidents);
}
