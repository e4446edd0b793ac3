import { defineSchema } from "convex/server";
import { aiTables } from "./tables/ai";
import { identityTables } from "./tables/identity";
import { incidentTables } from "./tables/incidents";
import { portalTables } from "./tables/portal";

/**
 * The 19 tables of SupportSignal, in the order in which the export lists them, and the portal's
 * own. Every table and field is classified in `exportPolicy.ts`, or the project does not compile.
 */
export default defineSchema({
  ...identityTables,
  ...incidentTables,
  ...aiTables,
  ...portalTables,
});
