import { randomUUID } from "node:crypto";
import { internal } from "../../../convex/_generated/api";
import { DEMO_ACCOUNTS } from "~/embedded/demo-accounts";
import type { DemoRole } from "~/embedded/demo-accounts";
import { ConvexClient } from "~/convex/client";
import type { UserId } from "~/convex/accounts";
import type { PortalTarget } from "./portal";

/** How long one request of a test to Convex may take (60 s: the machine may be busy). */
const TIMEOUT_MS = 60_000;

const OPERATOR = { kind: "command_line", name: "end-to-end tests" } as const;

/** bcrypt hash of `DEMO_PASSWORD`. */
const DEMO_PASSWORD_HASH = DEMO_ACCOUNTS[0].passwordHash;

/** Direct access to the database behind the portal, to arrange rows and to check what it did. */
export class Database {
  private readonly client: ConvexClient;

  constructor({ convexUrl, deployKey }: PortalTarget) {
    this.client = new ConvexClient({ url: convexUrl, deployKey, timeoutMs: TIMEOUT_MS });
  }

  /** Inserts documents and returns their ids. */
  insert(table: string, documents: Record<string, string | number | boolean>[]): Promise<string[]> {
    return this.client.mutation(internal.seed.insertDocuments, { table, documents });
  }

  /** Inserts audit rows of exports that filter nothing. */
  async insertRuns(runs: Record<string, string | number | boolean>[]): Promise<void> {
    const documents = runs.map((run) => ({ ...run, filters: {} }));
    await this.client.mutation(internal.seed.insertDocuments, { table: "export_runs", documents });
  }

  /** Adds a user of a role with `DEMO_PASSWORD`, for tests that leave traces on their account. */
  async addUser(role: DemoRole): Promise<{ email: string; userId: string }> {
    const name = `${role}-${randomUUID()}`;
    const email = `${name}@supportsignal.test`;
    const [userId] = await this.insert("users", [
      { name, email, role, password: DEMO_PASSWORD_HASH },
    ]);
    return { email, userId: userId! };
  }

  /** Gives a user another role. */
  async setRole(email: string, role: DemoRole): Promise<void> {
    const account = { name: email, email, role, passwordHash: DEMO_PASSWORD_HASH };
    await this.client.mutation(internal.seed.ensureDemoAccounts, { accounts: [account] });
  }

  async userId(email: string): Promise<UserId> {
    const user = await this.client.query(internal.users.findForSignIn, { email });
    if (user === null) throw new Error(`There is no user ${email}`);
    return user.userId;
  }

  /** The session with this token's hash, or null. */
  session(tokenHash: string) {
    return this.client.query(internal.sessions.resolve, { tokenHash });
  }

  removeSession(tokenHash: string) {
    return this.client.mutation(internal.sessions.remove, { tokenHash });
  }

  /** Moves the last use of a session so many milliseconds back. */
  async ageSession(tokenHash: string, agoMs: number): Promise<void> {
    const session = await this.session(tokenHash);
    if (session === null) throw new Error("There is no such session");
    await this.removeSession(tokenHash);
    const { userId, expires } = session;
    await this.insert("sessions", [{ userId, sessionToken: tokenHash, expires: expires - agoMs }]);
  }

  /** The latest exports and refused attempts. */
  async recentEntries() {
    const { entries } = await this.client.query(internal.exportRuns.recent, { actor: OPERATOR });
    return entries;
  }

  /** The audit row of an export, or null. */
  run(runKey: string) {
    return this.client.query(internal.exportRuns.get, { actor: OPERATOR, runKey });
  }

  /** Lets the row of a run that is open say that most of its tables are read. */
  async advance(runKey: string): Promise<void> {
    const tables = Object.entries(await this.recordCounts());
    const sum = (of: typeof tables) => of.reduce((total, [, records]) => total + records, 0);
    const read = tables.slice(0, 12);
    await this.client.mutation(internal.exportRuns.progress, {
      runKey,
      aliveUntil: Date.now() + TIMEOUT_MS,
      phase: "capturing",
      totalRecords: sum(tables),
      tableRecords: Object.fromEntries(tables),
      estimatedBytes: 1_900_000,
      recordCounts: Object.fromEntries(read),
      capturedBytes: 1_270_000,
    });
  }

  /** Makes the last sign of life of a run that is open end so many milliseconds ago. */
  async age(runKey: string, agoMs: number): Promise<void> {
    await this.client.mutation(internal.exportRuns.progress, {
      runKey,
      aliveUntil: Date.now() - agoMs,
      phase: "capturing",
      totalRecords: 0,
      estimatedBytes: 0,
      recordCounts: {},
      capturedBytes: 0,
    });
  }

  /** What an export would hold, as the portal asks for it. */
  summary() {
    return this.client.query(internal.exports.summarize, { actor: OPERATOR });
  }

  /** Documents per exported table, as of now. */
  async recordCounts(): Promise<Record<string, number>> {
    const summary = await this.summary();
    return Object.fromEntries(summary.tables.map(({ name, records }) => [name, records]));
  }
}
