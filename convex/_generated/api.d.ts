/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";
import type * as exportPolicy from "../exportPolicy.js";
import type * as exportRuns from "../exportRuns.js";
import type * as exports from "../exports.js";
import type * as functions from "../functions.js";
import type * as model_actors from "../model/actors.js";
import type * as model_count from "../model/count.js";
import type * as model_exportPage from "../model/exportPage.js";
import type * as model_exportRuns from "../model/exportRuns.js";
import type * as model_exportTables from "../model/exportTables.js";
import type * as model_policyTypes from "../model/policyTypes.js";
import type * as model_redaction from "../model/redaction.js";
import type * as model_sanitize from "../model/sanitize.js";
import type * as model_sessions from "../model/sessions.js";
import type * as model_summary from "../model/summary.js";
import type * as seed from "../seed.js";
import type * as sessions from "../sessions.js";
import type * as signInThrottle from "../signInThrottle.js";
import type * as tables_ai from "../tables/ai.js";
import type * as tables_identity from "../tables/identity.js";
import type * as tables_incidents from "../tables/incidents.js";
import type * as tables_portal from "../tables/portal.js";
import type * as users from "../users.js";

/**
 * A utility for referencing Convex functions in your app's API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
declare const fullApi: ApiFromModules<{
  exportPolicy: typeof exportPolicy;
  exportRuns: typeof exportRuns;
  exports: typeof exports;
  functions: typeof functions;
  "model/actors": typeof model_actors;
  "model/count": typeof model_count;
  "model/exportPage": typeof model_exportPage;
  "model/exportRuns": typeof model_exportRuns;
  "model/exportTables": typeof model_exportTables;
  "model/policyTypes": typeof model_policyTypes;
  "model/redaction": typeof model_redaction;
  "model/sanitize": typeof model_sanitize;
  "model/sessions": typeof model_sessions;
  "model/summary": typeof model_summary;
  seed: typeof seed;
  sessions: typeof sessions;
  signInThrottle: typeof signInThrottle;
  "tables/ai": typeof tables_ai;
  "tables/identity": typeof tables_identity;
  "tables/incidents": typeof tables_incidents;
  "tables/portal": typeof tables_portal;
  users: typeof users;
}>;
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;
