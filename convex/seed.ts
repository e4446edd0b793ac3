import { ConvexError, v } from "convex/values";
import type { TableNames } from "./_generated/dataModel";
import { internalMutation } from "./functions";
import schema from "./schema";

/**
 * Sample data, for the embedded Convex and development deployments. Known accounts in a
 * deployment with real data would be a way in, so all of it is off unless the deployment's
 * environment says otherwise.
 */
function requireSeedAllowed(): void {
  if (process.env.SUPPORTSIGNAL_ALLOW_SEED !== "true") {
    throw new ConvexError({
      code: "seed_not_allowed",
      message: 'Seeding is off. Set SUPPORTSIGNAL_ALLOW_SEED to "true" in this deployment.',
    });
  }
}

/** Creates the accounts, or gives those that exist the role and password hash asked for. */
export const ensureDemoAccounts = internalMutation({
  args: {
    accounts: v.array(
      v.object({
        name: v.string(),
        email: v.string(),
        role: schema.tables.users.validator.fields.role,
        passwordHash: v.string(),
      }),
    ),
  },
  returns: v.null(),
  handler: async (ctx, { accounts }) => {
    requireSeedAllowed();
    const company = await ctx.db.query("companies").first();
    for (const { name, email, role, passwordHash } of accounts) {
      const users = await ctx.db
        .query("users")
        .withIndex("by_email", (q) => q.eq("email", email))
        .collect();
      for (const user of users) {
        if (user.role !== role || user.password !== passwordHash) {
          await ctx.db.patch(user._id, { role, password: passwordHash });
        }
      }
      if (users.length > 0) continue;
      const isStaff = role === "system_admin" || role === "demo_admin";
      await ctx.db.insert("users", {
        name,
        email,
        role,
        password: passwordHash,
        ...(isStaff || company === null ? {} : { company_id: company._id }),
      });
    }
    return null;
  },
});

/** Inserts documents, without `_id` and `_creationTime`, and returns their new ids in order. */
export const insertDocuments = internalMutation({
  args: { table: v.string(), documents: v.array(v.any()) },
  returns: v.array(v.string()),
  handler: async (ctx, { table, documents }) => {
    requireSeedAllowed();
    if (!Object.hasOwn(schema.tables, table)) {
      throw new ConvexError({ code: "unknown_table", message: `There is no table ${table}.` });
    }
    const ids: string[] = [];
    for (const document of documents) {
      // The schema checks each document on insertion; its type is known only then.
      ids.push(await ctx.db.insert(table as TableNames, document as never));
    }
    return ids;
  },
});
