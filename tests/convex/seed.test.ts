import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Accounts } from "~/convex/accounts";
import { internal } from "../../convex/_generated/api";
import { ensureDemoAccounts, insertDocuments } from "../../convex/seed";
import { TestConvex, type Role } from "../support/convex";
import { makeDocument } from "../support/documents";

const VARIABLE = "SUPPORTSIGNAL_ALLOW_SEED";

/** The handler itself, with a database that nothing may touch. */
function callDirectly(registered: unknown, args: object): Promise<unknown> {
  const { _handler } = registered as {
    _handler: (ctx: object, args: object) => Promise<unknown>;
  };
  const ctx = {
    get db(): never {
      throw new Error("the database was touched");
    },
  };
  return _handler(ctx, args);
}

describe("where the deployment does not allow it, seeding is refused", () => {
  let before: string | undefined;

  beforeEach(() => {
    before = process.env[VARIABLE];
  });

  afterEach(() => {
    if (before === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = before;
  });

  test.each([undefined, "", "false", "TRUE", "1", "yes", " true"])("with %j", async (value) => {
    if (value === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = value;
    const refused = { data: { code: "seed_not_allowed" } };
    await expect(callDirectly(ensureDemoAccounts, { accounts: [] })).rejects.toMatchObject(refused);
    await expect(
      callDirectly(insertDocuments, { table: "users", documents: [] }),
    ).rejects.toMatchObject(refused);
  });

  test("and where it does, the database is used", async () => {
    process.env[VARIABLE] = "true";
    await expect(callDirectly(ensureDemoAccounts, { accounts: [] })).rejects.toThrow(
      "the database was touched",
    );
  });
});

describe("the embedded Convex allows it", () => {
  let convex: TestConvex;

  beforeAll(async () => {
    convex = await TestConvex.start({ empty: true });
  });

  afterAll(() => convex.close());

  test("documents are inserted in order and get ids", async () => {
    const names = ["North", "South", "East"];
    const ids = await convex.insert(
      "sites",
      names.map((name) => makeDocument("sites", { name })),
    );
    expect(new Set(ids).size).toBe(3);
    const { sites = [] } = await convex.readAll("k");
    expect(sites.map(({ _id, name }) => [_id, name])).toEqual(
      names.map((name, index) => [ids[index], name]),
    );
  });

  test.each(["nope", "__proto__", "constructor", "_storage"])(
    "the table %s is refused",
    async (table) => {
      await expect(convex.insert(table, [])).rejects.toMatchObject({ code: "unknown_table" });
    },
  );

  test("a document that does not fit the schema is refused, and so are those beside it", async () => {
    const good = makeDocument("companies", { name: "Good" });
    await expect(convex.insert("companies", [good, { ...good, status: "sold" }])).rejects.toThrow();
    const { companies = [] } = await convex.readAll("k");
    expect(companies).toEqual([]);
  });

  test("accounts are made once, and an existing one gets the role and password asked for", async () => {
    const email = "twice@portal.test";
    const ensure = (role: Role, passwordHash: string) =>
      convex.client.mutation(internal.seed.ensureDemoAccounts, {
        accounts: [{ name: "A", email, role, passwordHash }],
      });
    const accounts = new Accounts(convex.client);
    await ensure("team_lead", "first");
    const first = await accounts.findForSignIn(email);
    expect(first?.passwordHash).toBe("first");
    await ensure("system_admin", "second");
    expect(await accounts.findForSignIn(email)).toEqual({
      userId: first?.userId,
      passwordHash: "second",
    });
  });
});
