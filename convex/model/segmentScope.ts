import type { Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";

/** What the names in a segment's filters stand for, in their order. */
export interface LookedUp {
  /** All companies of that id or slug: slugs are not unique by themselves. */
  companies: { key: string; ids: Id<"companies">[] }[];
  sites: { key: string; id: Id<"sites"> | null; company: Id<"companies"> | null }[];
  participants: {
    key: string;
    id: Id<"participants"> | null;
    company: Id<"companies"> | null;
    site: Id<"sites"> | null;
  }[];
}

/** More companies of one slug than this are as ambiguous as two. */
const MOST_OF_A_SLUG = 2;

/** Looks up companies by id or slug, sites and participants by id. */
export async function lookUp(
  ctx: QueryCtx,
  keys: { companies: string[]; sites: string[]; participants: string[] },
): Promise<LookedUp> {
  return {
    companies: await Promise.all(
      keys.companies.map(async (key) => ({ key, ids: await findCompanies(ctx, key) })),
    ),
    sites: await Promise.all(
      keys.sites.map(async (key) => {
        const id = ctx.db.normalizeId("sites", key);
        const site = id === null ? null : await ctx.db.get(id);
        return { key, id: site?._id ?? null, company: site?.company_id ?? null };
      }),
    ),
    participants: await Promise.all(
      keys.participants.map(async (key) => {
        const id = ctx.db.normalizeId("participants", key);
        const person = id === null ? null : await ctx.db.get(id);
        return {
          key,
          id: person?._id ?? null,
          company: person?.company_id ?? null,
          site: person?.site_id ?? null,
        };
      }),
    ),
  };
}

async function findCompanies(ctx: QueryCtx, key: string): Promise<Id<"companies">[]> {
  const id = ctx.db.normalizeId("companies", key);
  const company = id === null ? null : await ctx.db.get(id);
  if (company !== null) return [company._id];
  const named = await ctx.db
    .query("companies")
    .withIndex("by_slug", (q) => q.eq("slug", key))
    .take(MOST_OF_A_SLUG);
  return named.map(({ _id }) => _id);
}

/** Most companies, and sites of a company, to choose from. */
const MOST_CHOICES = 200;

/** Companies by name, and the sites of those that are named. */
export async function listChoices(ctx: QueryCtx, keys: readonly string[]) {
  const companies = await ctx.db.query("companies").take(MOST_CHOICES);
  const chosen = (await Promise.all(keys.map((key) => findCompanies(ctx, key)))).flat();
  const sites = await Promise.all(
    chosen.map((company) =>
      ctx.db
        .query("sites")
        .withIndex("by_company", (q) => q.eq("company_id", company))
        .take(MOST_CHOICES),
    ),
  );
  return {
    companies: byName(companies.map(({ slug, name }) => ({ slug, name }))),
    sites: byName(sites.flat().map(({ _id, name }) => ({ id: _id, name }))),
  };
}

function byName<T extends { name: string }>(choices: T[]): T[] {
  return choices.sort((a, b) => a.name.localeCompare(b.name));
}
