import type { Doc } from "../../../convex/_generated/dataModel";
import { DAY_MS, HOUR_MS, MINUTE_MS, REFERENCE_TIME_MS, SECOND_MS } from "./clock";
import type { Organisations, World } from "./world";

const SESSIONS = 12;
const PASSWORD_RESETS = 3;
const DEBUG_LOGS = 25;
const SESSION_LIFETIME_MS = DAY_MS;
const REMEMBERED_SESSION_LIFETIME_MS = 30 * DAY_MS;
const IMPERSONATION_LIFETIME_MS = 30 * MINUTE_MS;
const PASSWORD_RESET_LIFETIME_MS = HOUR_MS;

const IMPERSONATION_REASONS = [
  "Company admin cannot see a submitted incident; checking their view with them on the phone",
  "Reproducing a blank clarification page reported by a team lead",
  "Checking that a frontline worker only sees the sites of their own company",
  "Walking a new company admin through the invitation page",
] as const;

/** Adds sessions, linked accounts, password resets, impersonations and debug logs. */
export function addAccess(world: World, { systemAdmins, providers }: Organisations): void {
  const staff = providers.flatMap(({ admin, lead, workers }) => [admin, lead, ...workers]);
  const adminSessions = systemAdmins.map((admin) => addSession(world, admin));
  const others = world.random.sample(staff, SESSIONS - systemAdmins.length);
  for (const user of others) addSession(world, user);
  addAccounts(world, world.random.sample(staff, 2));
  for (const user of world.random.sample(staff, PASSWORD_RESETS)) addPasswordReset(world, user);
  addImpersonations(world, adminSessions, staff);
  for (let index = 0; index < DEBUG_LOGS; index++) addDebugLog(world, world.random.pick(others));
}

function addSession(world: World, user: Doc<"users">): Doc<"sessions"> {
  const { random, store } = world;
  const rememberMe = random.chance(0.4);
  const signedInAt = REFERENCE_TIME_MS - random.int(2 * HOUR_MS, 20 * HOUR_MS);
  return store.insert("sessions", signedInAt, {
    userId: user._id,
    sessionToken: random.uuid(),
    expires: signedInAt + (rememberMe ? REMEMBERED_SESSION_LIFETIME_MS : SESSION_LIFETIME_MS),
    ...(rememberMe && { rememberMe }),
  });
}

function addAccounts(world: World, users: readonly Doc<"users">[]): void {
  const { random, store } = world;
  users.forEach((user, index) => {
    const provider = index % 2 === 0 ? "google" : "microsoft-entra-id";
    const linkedAt = (user.created_at ?? REFERENCE_TIME_MS) + random.int(1, 60) * DAY_MS;
    const issuer = provider === "google" ? "accounts.google.example" : "login.microsoft.example";
    const claims = { iss: `https://${issuer}`, sub: random.uuid(), email: user.email };
    store.insert("accounts", linkedAt, {
      userId: user._id,
      type: "oidc",
      provider,
      providerAccountId: random.faker.string.numeric(21),
      refresh_token: `1//0${random.base64url(96)}`,
      access_token: `ya29.${random.base64url(160)}`,
      expires_at: Math.floor((linkedAt + HOUR_MS) / SECOND_MS),
      token_type: "bearer",
      scope: "openid email profile",
      id_token: [
        jwtPart({ alg: "RS256", typ: "JWT" }),
        jwtPart(claims),
        random.base64url(342),
      ].join("."),
    });
  });
}

function jwtPart(content: Record<string, string>): string {
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}

function addPasswordReset(world: World, user: Doc<"users">): void {
  const { random, store } = world;
  const askedAt = REFERENCE_TIME_MS - random.int(HOUR_MS, 20 * DAY_MS);
  store.insert("password_reset_tokens", askedAt, {
    userId: user._id,
    token: random.base64url(43),
    expires: askedAt + PASSWORD_RESET_LIFETIME_MS,
  });
}

/** The newest one is still running; the others were ended by hand or ran out. */
function addImpersonations(
  world: World,
  adminSessions: readonly Doc<"sessions">[],
  staff: readonly Doc<"users">[],
): void {
  const { random, store } = world;
  IMPERSONATION_REASONS.forEach((reason, index) => {
    const session = random.pick(adminSessions);
    const isActive = index === IMPERSONATION_REASONS.length - 1;
    const sessionStart = Math.ceil(session._creationTime);
    const createdAt = isActive
      ? REFERENCE_TIME_MS - random.int(5, 25) * MINUTE_MS
      : sessionStart + random.int(2, 55) * MINUTE_MS;
    const endedByHand = !isActive && index % 2 === 0;
    store.insert("impersonation_sessions", createdAt, {
      admin_user_id: session.userId,
      target_user_id: random.pick(staff)._id,
      session_token: random.uuid(),
      original_session_token: session.sessionToken,
      reason,
      expires: createdAt + IMPERSONATION_LIFETIME_MS,
      is_active: isActive,
      created_at: createdAt,
      ...(!isActive && {
        terminated_at: createdAt + (endedByHand ? random.int(4, 25) : 30) * MINUTE_MS,
      }),
      correlation_id: `imp_${random.uuid()}`,
    });
  });
}

const DEBUG_MESSAGES = [
  { system: "browser", level: "log", message: "Clarification step mounted" },
  { system: "browser", level: "info", message: "Draft narrative saved" },
  { system: "browser", level: "warn", message: "Autosave took longer than expected" },
  { system: "browser", level: "error", message: "Failed to fetch: clarification questions" },
  { system: "convex", level: "info", message: "Generated clarification questions" },
  { system: "convex", level: "warn", message: "Model answered with trailing text after JSON" },
  { system: "worker", level: "info", message: "Log batch forwarded" },
  { system: "worker", level: "error", message: "Rate limited by the model provider" },
  { system: "manual", level: "log", message: "Checkpoint set by a developer" },
] as const;

function addDebugLog(world: World, user: Doc<"users">): void {
  const { random, store } = world;
  const { system, level, message } = random.pick(DEBUG_MESSAGES);
  const timestamp = REFERENCE_TIME_MS - random.int(HOUR_MS, 6 * DAY_MS);
  const syncedAt = timestamp + random.int(200, 4000);
  store.insert("debug_logs", syncedAt, {
    id: random.uuid(),
    trace_id: `trace_${random.hex(16)}`,
    ...(system === "browser" && { user_id: user._id }),
    system,
    level,
    message,
    timestamp,
    context: { route: "/workers/incidents/new", viewport: { width: 1280, height: 800 } },
    ...(level === "error" && {
      stack: `Error: ${message}\n    at request (app.js:${random.int(100, 900)}:${random.int(2, 40)})`,
    }),
    raw_data: {
      args: [message, { attempt: random.int(1, 3) }],
      request: { headers: { authorization: `Bearer ${random.base64url(40)}` } },
    },
    synced_at: syncedAt,
  });
}
