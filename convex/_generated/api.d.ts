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
import type * as exportSegments from "../exportSegments.js";
import type * as exports from "../exports.js";
import type * as functions from "../functions.js";
import type * as model_actors from "../model/actors.js";
import type * as model_count from "../model/count.js";
import type * as model_credentials from "../model/credentials.js";
import type * as model_exportColumns from "../model/exportColumns.js";
import type * as model_exportHistory from "../model/exportHistory.js";
import type * as model_exportPage from "../model/exportPage.js";
import type * as model_exportRuns from "../model/exportRuns.js";
import type * as model_exportTables from "../model/exportTables.js";
import type * as model_firstPage from "../model/firstPage.js";
import type * as model_lines from "../model/lines.js";
import type * as model_policyTypes from "../model/policyTypes.js";
import type * as model_privacy from "../model/privacy.js";
import type * as model_pseudonyms_addresses from "../model/pseudonyms/addresses.js";
import type * as model_pseudonyms_codes from "../model/pseudonyms/codes.js";
import type * as model_pseudonyms_collector from "../model/pseudonyms/collector.js";
import type * as model_pseudonyms_contacts from "../model/pseudonyms/contacts.js";
import type * as model_pseudonyms_context from "../model/pseudonyms/context.js";
import type * as model_pseudonyms_dates from "../model/pseudonyms/dates.js";
import type * as model_pseudonyms_fold from "../model/pseudonyms/fold.js";
import type * as model_pseudonyms_format from "../model/pseudonyms/format.js";
import type * as model_pseudonyms_identities from "../model/pseudonyms/identities.js";
import type * as model_pseudonyms_nameSearch from "../model/pseudonyms/nameSearch.js";
import type * as model_pseudonyms_nameWords from "../model/pseudonyms/nameWords.js";
import type * as model_pseudonyms_names from "../model/pseudonyms/names.js";
import type * as model_pseudonyms_numbers from "../model/pseudonyms/numbers.js";
import type * as model_pseudonyms_people from "../model/pseudonyms/people.js";
import type * as model_pseudonyms_pseudonymizer from "../model/pseudonyms/pseudonymizer.js";
import type * as model_pseudonyms_replacements from "../model/pseudonyms/replacements.js";
import type * as model_pseudonyms_textSearch from "../model/pseudonyms/textSearch.js";
import type * as model_pseudonyms_wordFilter from "../model/pseudonyms/wordFilter.js";
import type * as model_pseudonyms_words from "../model/pseudonyms/words.js";
import type * as model_readBudget from "../model/readBudget.js";
import type * as model_redaction from "../model/redaction.js";
import type * as model_references from "../model/references.js";
import type * as model_sanitize from "../model/sanitize.js";
import type * as model_segmentScope from "../model/segmentScope.js";
import type * as model_segmentTables from "../model/segmentTables.js";
import type * as model_segments from "../model/segments.js";
import type * as model_sessions from "../model/sessions.js";
import type * as model_shownRuns from "../model/shownRuns.js";
import type * as model_summary from "../model/summary.js";
import type * as model_values from "../model/values.js";
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
  exportSegments: typeof exportSegments;
  exports: typeof exports;
  functions: typeof functions;
  "model/actors": typeof model_actors;
  "model/count": typeof model_count;
  "model/credentials": typeof model_credentials;
  "model/exportColumns": typeof model_exportColumns;
  "model/exportHistory": typeof model_exportHistory;
  "model/exportPage": typeof model_exportPage;
  "model/exportRuns": typeof model_exportRuns;
  "model/exportTables": typeof model_exportTables;
  "model/firstPage": typeof model_firstPage;
  "model/lines": typeof model_lines;
  "model/policyTypes": typeof model_policyTypes;
  "model/privacy": typeof model_privacy;
  "model/pseudonyms/addresses": typeof model_pseudonyms_addresses;
  "model/pseudonyms/codes": typeof model_pseudonyms_codes;
  "model/pseudonyms/collector": typeof model_pseudonyms_collector;
  "model/pseudonyms/contacts": typeof model_pseudonyms_contacts;
  "model/pseudonyms/context": typeof model_pseudonyms_context;
  "model/pseudonyms/dates": typeof model_pseudonyms_dates;
  "model/pseudonyms/fold": typeof model_pseudonyms_fold;
  "model/pseudonyms/format": typeof model_pseudonyms_format;
  "model/pseudonyms/identities": typeof model_pseudonyms_identities;
  "model/pseudonyms/nameSearch": typeof model_pseudonyms_nameSearch;
  "model/pseudonyms/nameWords": typeof model_pseudonyms_nameWords;
  "model/pseudonyms/names": typeof model_pseudonyms_names;
  "model/pseudonyms/numbers": typeof model_pseudonyms_numbers;
  "model/pseudonyms/people": typeof model_pseudonyms_people;
  "model/pseudonyms/pseudonymizer": typeof model_pseudonyms_pseudonymizer;
  "model/pseudonyms/replacements": typeof model_pseudonyms_replacements;
  "model/pseudonyms/textSearch": typeof model_pseudonyms_textSearch;
  "model/pseudonyms/wordFilter": typeof model_pseudonyms_wordFilter;
  "model/pseudonyms/words": typeof model_pseudonyms_words;
  "model/readBudget": typeof model_readBudget;
  "model/redaction": typeof model_redaction;
  "model/references": typeof model_references;
  "model/sanitize": typeof model_sanitize;
  "model/segmentScope": typeof model_segmentScope;
  "model/segmentTables": typeof model_segmentTables;
  "model/segments": typeof model_segments;
  "model/sessions": typeof model_sessions;
  "model/shownRuns": typeof model_shownRuns;
  "model/summary": typeof model_summary;
  "model/values": typeof model_values;
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
