import type { Doc } from "../../../convex/_generated/dataModel";
import { DEMO_ACCOUNTS, type DemoRole } from "../demo-accounts";
import { DAY_MS, HOUR_MS, PLATFORM_START_MS } from "./clock";
import { asciiSlug, fullName, makeName, reserveFirstName } from "./names";
import { COMPANY_NAMES, COMPANY_SUFFIXES, HOUSES, HUBS, TOWNS } from "./places";
import type { Organisations, Provider, World } from "./world";

const PROVIDERS = 5;
const WORKERS_PER_PROVIDER = 3;
const HOUSES_PER_PROVIDER = 3;
const SMALL_COMPANIES = 30;
const SMALL_COMPANIES_WITH_ADMIN = 11;
const SMALL_COMPANIES_WITH_SITE = 16;
// Status of the small companies, in the order in which they joined.
const SMALL_COMPANY_STATUSES = [
  ...Array<"active">(12).fill("active"),
  ...Array<"trial">(9).fill("trial"),
  ...Array<"suspended">(5).fill("suspended"),
  ...Array<"test">(4).fill("test"),
] as const;

interface Profile {
  readonly role: DemoRole;
  readonly createdAt: number;
  readonly company?: Doc<"companies">;
}

/** Adds companies, users, sites and invitations: platform staff first, then who they set up. */
export function addOrganisations(world: World): Organisations {
  const demoRoles = new Set<DemoRole>(
    world.isFirst ? DEMO_ACCOUNTS.map((account) => account.role) : [],
  );
  const addUser = (profile: Profile): Doc<"users"> =>
    demoRoles.delete(profile.role) ? addDemoUser(world, profile) : addOrdinaryUser(world, profile);

  const start = PLATFORM_START_MS + world.random.int(0, 4 * HOUR_MS);
  const owner = addUser({ role: "system_admin", createdAt: start });
  addUser({ role: "demo_admin", createdAt: start + 2 * HOUR_MS });
  const colleague = addUser({ role: "system_admin", createdAt: start + DAY_MS });
  const systemAdmins = [owner, colleague];

  const providers = Array.from({ length: PROVIDERS }, () => addProvider(world, owner, addUser));
  for (let index = 0; index < SMALL_COMPANIES; index++) {
    addSmallCompany(world, world.random.pick(systemAdmins), index, addUser);
  }
  addInvitations(world, providers);
  return { systemAdmins, providers };
}

function addProvider(
  world: World,
  owner: Doc<"users">,
  addUser: (profile: Profile) => Doc<"users">,
): Provider {
  const { random, store } = world;
  const joined = PLATFORM_START_MS + random.int(7, 24) * DAY_MS + random.int(0, 8 * HOUR_MS);
  const town = random.pick(TOWNS);
  const company = addCompany(world, { owner, town, joined, status: "active" });
  const hired = (days: number): number => joined + days * DAY_MS + random.int(0, 6 * HOUR_MS);
  const admin = addUser({ role: "company_admin", createdAt: joined + HOUR_MS, company });
  const lead = addUser({ role: "team_lead", createdAt: hired(2), company });
  const workers = Array.from({ length: WORKERS_PER_PROVIDER }, () =>
    addUser({ role: "frontline_worker", createdAt: hired(random.int(3, 12)), company }),
  );
  const siteNames = [...random.sample(HOUSES, HOUSES_PER_PROVIDER), `${town} ${random.pick(HUBS)}`];
  const sites = siteNames.map((name, index) => {
    const createdAt = joined + (3 + index) * HOUR_MS + random.int(0, HOUR_MS);
    return store.insert("sites", createdAt, {
      company_id: company._id,
      name,
      created_at: createdAt,
      created_by: admin._id,
      ...(random.chance(0.4) && { updated_at: createdAt + random.int(1, 40) * DAY_MS }),
    });
  });
  return { company, town, admin, lead, workers, houses: sites.slice(0, HOUSES_PER_PROVIDER) };
}

function addSmallCompany(
  world: World,
  owner: Doc<"users">,
  index: number,
  addUser: (profile: Profile) => Doc<"users">,
): void {
  const { random, store } = world;
  const joined = PLATFORM_START_MS + (10 + index * 6) * DAY_MS + random.int(0, 9 * HOUR_MS);
  const status = SMALL_COMPANY_STATUSES[index] ?? "trial";
  const town = random.pick(TOWNS);
  const company = addCompany(world, { owner, town, joined, status });
  const admin =
    index < SMALL_COMPANIES_WITH_ADMIN
      ? addUser({ role: "company_admin", createdAt: joined + HOUR_MS, company })
      : owner;
  if (index < SMALL_COMPANIES_WITH_SITE) {
    const createdAt = joined + random.int(2, 30) * HOUR_MS;
    store.insert("sites", createdAt, {
      company_id: company._id,
      name: random.chance(0.5) ? random.pick(HOUSES) : `${town} ${random.pick(HUBS)}`,
      created_at: createdAt,
      created_by: admin._id,
    });
  }
}

function addCompany(
  world: World,
  details: {
    owner: Doc<"users">;
    town: string;
    joined: number;
    status: Doc<"companies">["status"];
  },
): Doc<"companies"> {
  const { random, store } = world;
  const { owner, town, joined, status } = details;
  const name = store.unique("company", () => {
    const short = `${random.pick(COMPANY_NAMES)} ${random.pick(COMPANY_SUFFIXES)}`;
    return random.chance(0.4) ? `${short} ${town}` : short;
  });
  const slug = asciiSlug(name, "-");
  return store.insert("companies", joined, {
    name,
    slug,
    contact_email: `${random.pick(["hello", "office", "admin", "contact"])}@${slug}.example`,
    status,
    created_at: joined,
    created_by: owner._id,
  });
}

function addDemoUser(world: World, profile: Profile): Doc<"users"> {
  const account = DEMO_ACCOUNTS.find(({ role }) => role === profile.role);
  if (account === undefined) throw new Error(`There is no demo account for ${profile.role}`);
  reserveFirstName(world, account.name, profile.company);
  return insertUser(world, profile, account.name, account.email, account.passwordHash);
}

function addOrdinaryUser(world: World, profile: Profile): Doc<"users"> {
  const name = fullName(makeName(world, profile.company));
  const domain = profile.company ? `${profile.company.slug}.example` : "supportsignal.test";
  const email = `${asciiSlug(name, ".")}@${domain}`;
  return insertUser(world, profile, name, email, world.random.bcryptHash());
}

function insertUser(
  world: World,
  { role, createdAt, company }: Profile,
  name: string,
  email: string,
  password: string,
): Doc<"users"> {
  return world.store.insert("users", createdAt, {
    name,
    email,
    password,
    ...(world.random.chance(0.2) && {
      profile_image_url: `https://images.supportsignal.example/${world.random.uuid()}.webp`,
    }),
    role,
    ...(company && { company_id: company._id }),
    created_at: createdAt,
  });
}

function addInvitations(world: World, providers: readonly Provider[]): void {
  const { random, store } = world;
  const validFor = 7 * DAY_MS;
  const statuses = ["accepted", "expired", "revoked", "pending", "pending"] as const;
  providers.forEach((provider, index) => {
    const status = statuses[index] ?? "pending";
    const worker = provider.workers[provider.workers.length - 1];
    const accepted = status === "accepted" && worker?.created_at ? worker : undefined;
    const acceptedAt = accepted?.created_at;
    const sentAt =
      acceptedAt !== undefined
        ? Math.max(acceptedAt - 2 * DAY_MS, (provider.lead.created_at ?? 0) + HOUR_MS)
        : PLATFORM_START_MS + (status === "pending" ? 236 : 150) * DAY_MS + random.int(0, DAY_MS);
    const invitee = makeName(world, provider.company);
    store.insert("user_invitations", sentAt, {
      email:
        accepted?.email ?? `${asciiSlug(fullName(invitee), ".")}@${provider.company.slug}.example`,
      company_id: provider.company._id,
      role: accepted ? "frontline_worker" : random.pick(["team_lead", "frontline_worker"] as const),
      invited_by: provider.admin._id,
      invitation_token: random.base64url(43),
      expires_at: sentAt + validFor,
      status,
      created_at: sentAt,
      ...(acceptedAt !== undefined && { accepted_at: acceptedAt }),
    });
  });
}
