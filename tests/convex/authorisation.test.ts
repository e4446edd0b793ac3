import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createToken, hashToken } from "~/auth/session-cookie.server";
import type { Actor, UserId } from "~/convex/accounts";
import type { ConvexClient } from "~/convex/client";
import { internal } from "../../convex/_generated/api";
import { COMMAND_LINE, TestConvex } from "../support/convex";
import { makeDocument } from "../support/documents";
import { startOf } from "./audit-rows";

const PAGE = { cursor: null, maximumBytes: 1000, maximumDocuments: 10 };

const CANCELLABLE = randomUUID();

/** Every function that takes an actor. The test below finds one that is missing here. */
const GUARDED: Record<string, (client: ConvexClient, actor: Actor) => Promise<unknown>> = {
  "exports:summarize": (client, actor) => client.query(internal.exports.summarize, { actor }),
  "exports:begin": (client, actor) =>
    client.query(internal.exports.begin, {
      actor,
      page: { maximumBytes: 1000, maximumDocuments: 10, fingerprintKey: "k" },
    }),
  "exports:readLines": (client, actor) =>
    client.query(internal.exports.readLines, {
      actor,
      tables: ["companies"],
      fingerprintKey: "k",
      page: PAGE,
    }),
  "exports:readIdentities": (client, actor) =>
    client.query(internal.exports.readIdentities, { actor, page: PAGE }),
  "exports:generateDatabaseExport": (client, actor) =>
    client.query(internal.exports.generateDatabaseExport, {
      actor,
      exportType: "segmented",
      tables: ["companies"],
      fingerprintKey: "k",
      page: PAGE,
    }),
  "sessions:authorize": (client, actor) => client.query(internal.sessions.authorize, { actor }),
  "exportRuns:start": (client, actor) =>
    client.mutation(internal.exportRuns.start, startOf({ actor })),
  "exportRuns:recent": (client, actor) => client.query(internal.exportRuns.recent, { actor }),
  "exportRuns:findByDigest": (client, actor) =>
    client.query(internal.exportRuns.findByDigest, { actor, digest: "0".repeat(64) }),
  "exportRuns:history": (client, actor) => client.query(internal.exportRuns.history, { actor }),
  "exportRuns:details": (client, actor) =>
    client.query(internal.exportRuns.details, { actor, runKey: randomUUID() }),
  "exportRuns:cancel": (client, actor) =>
    client.mutation(internal.exportRuns.cancel, { actor, runKey: CANCELLABLE }),
  "exportRuns:get": (client, actor) =>
    client.query(internal.exportRuns.get, { actor, runKey: randomUUID() }),
};

let convex: TestConvex;

beforeAll(async () => {
  convex = await TestConvex.start({ empty: true });
  await convex.client.mutation(internal.exportRuns.start, startOf({ runKey: CANCELLABLE }));
});

afterAll(() => convex.close());

async function demoted(): Promise<Actor> {
  const email = `${randomUUID()}@portal.test`;
  const actor = await convex.createSession(await convex.createUser("system_admin", { email }));
  await GUARDED["sessions:authorize"]?.(convex.client, actor);
  const account = { name: "A", email, role: "company_admin" as const, passwordHash: "x" };
  await convex.client.mutation(internal.seed.ensureDemoAccounts, { accounts: [account] });
  return actor;
}

async function impersonating(targetRole: "system_admin" | "company_admin"): Promise<Actor> {
  const session_token = hashToken(createToken());
  const row = makeDocument("impersonation_sessions", {
    admin_user_id: await convex.createUser("system_admin"),
    target_user_id: await convex.createUser(targetRole),
    session_token,
    is_active: true,
    expires: Date.now() + 1_800_000,
  });
  await convex.insert("impersonation_sessions", [row]);
  return { kind: "session", tokenHash: session_token };
}

/** Who may not, and what they are told. */
const REFUSED: [string, () => Promise<Actor>, "unauthenticated" | "forbidden"][] = [
  [
    "a token that no session has",
    () => Promise.resolve({ kind: "session", tokenHash: hashToken(createToken()) }),
    "unauthenticated",
  ],
  ["an empty token", () => Promise.resolve({ kind: "session", tokenHash: "" }), "unauthenticated"],
  [
    "an expired session",
    async () => convex.createSession(await convex.createUser("system_admin"), Date.now() - 1),
    "unauthenticated",
  ],
  [
    "a session that was signed out",
    async () => {
      const actor = await convex.signIn("system_admin");
      if (actor.kind === "session") {
        await convex.client.mutation(internal.sessions.remove, { tokenHash: actor.tokenHash });
      }
      return actor;
    },
    "unauthenticated",
  ],
  [
    "a session of a user that is gone",
    async () => {
      const hash = hashToken(createToken());
      const session = makeDocument("sessions", { sessionToken: hash, expires: 2e12 });
      await convex.insert("sessions", [session]);
      return { kind: "session", tokenHash: hash };
    },
    "unauthenticated",
  ],
  ["a demo_admin", () => convex.signIn("demo_admin"), "forbidden"],
  ["a company_admin", () => convex.signIn("company_admin"), "forbidden"],
  ["a team_lead", () => convex.signIn("team_lead"), "forbidden"],
  ["a frontline_worker", () => convex.signIn("frontline_worker"), "forbidden"],
  ["a system_admin who was demoted since", demoted, "forbidden"],
  ["an impersonation of a company_admin", () => impersonating("company_admin"), "forbidden"],
  ["an impersonation of a system_admin", () => impersonating("system_admin"), "forbidden"],
];

describe.each(Object.entries(GUARDED))("%s", (_name, call) => {
  test.each(REFUSED)("refuses %s", async (_who, makeActor, code) => {
    await expect(call(convex.client, await makeActor())).rejects.toMatchObject({
      name: "ExportError",
      code,
    });
  });

  test("answers a system_admin and the command line", async () => {
    await expect(call(convex.client, await convex.signIn("system_admin"))).resolves.toBeDefined();
    await expect(call(convex.client, COMMAND_LINE)).resolves.toBeDefined();
  });
});

test("no function that takes an actor is missing here", async () => {
  const modules = await Promise.all([
    import("../../convex/exports"),
    import("../../convex/exportRuns"),
    import("../../convex/sessions"),
    import("../../convex/users"),
    import("../../convex/signInThrottle"),
    import("../../convex/seed"),
  ]);
  const names = ["exports", "exportRuns", "sessions", "users", "signInThrottle", "seed"];
  const guarded = modules.flatMap((module, index) =>
    Object.entries(module as unknown as Record<string, { exportArgs(): string }>)
      .filter(([, registered]) => "actor" in argumentsOf(registered))
      .map(([name]) => `${names[index]}:${name}`),
  );
  expect(guarded.toSorted()).toEqual(Object.keys(GUARDED).toSorted());
});

function argumentsOf(registered: { exportArgs(): string }): object {
  return (JSON.parse(registered.exportArgs()) as { value: object }).value;
}

test("an actor of another shape is refused before anything is looked up", async () => {
  const actors = [
    { kind: "session" },
    { kind: "system", name: "x" },
    { kind: "command_line", name: "x", role: "system_admin" },
    { kind: "session", tokenHash: "x", userId: "y" as UserId },
    null,
  ];
  for (const actor of actors) {
    const call = convex.client.query(internal.sessions.authorize, { actor: actor as Actor });
    await expect(call).rejects.toMatchObject({ code: "convex_failed" });
  }
});
