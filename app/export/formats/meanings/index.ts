import type { ExportTable } from "../../../../convex/exportPolicy";
import { aiMeanings } from "./ai";
import { identityMeanings } from "./identity";
import { incidentMeanings } from "./incidents";
import type { Meanings } from "./types";

/** What every exported table and field means; the compiler refuses it where one is missing. */
export const MEANINGS: Meanings<ExportTable> = {
  ...identityMeanings,
  ...incidentMeanings,
  ...aiMeanings,
};
