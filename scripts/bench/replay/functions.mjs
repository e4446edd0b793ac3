import { encodePage } from "./database.mjs";

/**
 * The functions of `convex/` that the portal calls, with prepared answers.
 *
 * @typedef {object} ReplaySchema what the functions say of the tables
 * @property {readonly string[]} tables
 * @property {Record<string, string>} relations
 * @property {{ policyVersion: string, excludedTables: string[], excludedFields: string[], redactedFields: string[] }} sanitization
 * @property {{ name: string, reason: string }[]} excludedTables
 *
 * @typedef {object} ReplayAccount the one who signs in
 * @property {string} email
 * @property {string} passwordHash bcrypt
 *
 * @typedef {object} ReplayData
 * @property {ReplaySchema} schema
 * @property {ReplayAccount} account
 * @property {import("./database.mjs").ReplayDatabase} database
 * @property {Buffer} lines
 */

const USER_ID = "jx7replay0administrator0of0bench";
const SESSION_MS = 12 * 60 * 60 * 1000; // 12 hours

/** @typedef {(data: ReplayData, args: never) => unknown} ReplayFunction */

/** @type {Record<string, ReplayFunction>} */
const FUNCTIONS = {
  "users:findForSignIn": ({ account }) => ({
    userId: USER_ID,
    passwordHash: account.passwordHash,
  }),
  "signInThrottle:begin": () => 0,
  "signInThrottle:takeBack": () => null,
  "sessions:create": () => null,
  "sessions:remove": () => null,
  "sessions:resolve": ({ account }) => ({
    kind: "user",
    expires: Date.now() + SESSION_MS,
    createdAt: Date.now(),
    userId: USER_ID,
    name: "Replay",
    email: account.email,
    role: "system_admin",
  }),
  "sessions:authorize": () => null,
  "exportRuns:start": () => null,
  "exportRuns:progress": () => null,
  "exportRuns:finish": () => null,
  "exportRuns:get": () => null,
  "exportRuns:isCancelAsked": () => false,
  "exportRuns:recent": () => ({ entries: [], open: [] }),
  "exports:summarize": summarize,
  // Its databases are larger than a page: none comes with the plan.
  "exports:begin": (data) => ({
    summary: summarize(data),
    asked: [],
    tables: [],
    next: null,
    redactions: {},
    withheld: {},
  }),
};

function summarize(/** @type {ReplayData} */ { schema, database }) {
  return {
    version: "1.0",
    exportedBy: USER_ID,
    tables: database.summarize(),
    relations: schema.relations,
    sanitization: schema.sanitization,
    searchedFields: [],
    excludedTables: schema.excludedTables,
  };
}

/** The function whose answers are the pages. */
export const PAGES = "exports:readLines";

/**
 * @param {ReplayData} data
 * @param {string} name
 * @param {unknown} args
 * @returns {Buffer[] | undefined} the body of the answer, nothing where there is no such function
 * @throws {RangeError} for a page that cannot be
 */
export function answerFunction(data, name, args) {
  if (name === PAGES) {
    const { tables, page } =
      /** @type {{ tables?: string[], page: Omit<import("./database.mjs").PageRequest, "tables"> }} */ (
        args
      );
    const request = { ...page, tables: tables ?? data.schema.tables };
    return encodePage(data.database.page(request), data.lines);
  }
  const run = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (run === undefined) return undefined;
  const value = run(data, /** @type {never} */ (args));
  return [Buffer.from(JSON.stringify({ status: "success", value }))];
}
