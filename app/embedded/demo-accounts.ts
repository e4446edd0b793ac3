/** Password of every demo account. Only the embedded Convex, on loopback, has these accounts. */
export const DEMO_PASSWORD = "SupportSignal-Demo-1!";

/** bcrypt (cost 12) of `DEMO_PASSWORD`, made once: hashing at each start would take seconds. */
const DEMO_PASSWORD_HASH = "$2b$12$yZvScG3LvkN9XcMvrqqbRu7e0rvIWRtABXEzO1NQm0qHPyHI4zmGe";

/** One account for each role. */
export const DEMO_ACCOUNTS = [
  {
    name: "Robin Hale",
    email: "system_admin@supportsignal.test",
    role: "system_admin",
    passwordHash: DEMO_PASSWORD_HASH,
  },
  {
    name: "Jules Amato",
    email: "demo_admin@supportsignal.test",
    role: "demo_admin",
    passwordHash: DEMO_PASSWORD_HASH,
  },
  {
    name: "Margaret Osei",
    email: "company_admin@supportsignal.test",
    role: "company_admin",
    passwordHash: DEMO_PASSWORD_HASH,
  },
  {
    name: "Daniel Fitzroy",
    email: "team_lead@supportsignal.test",
    role: "team_lead",
    passwordHash: DEMO_PASSWORD_HASH,
  },
  {
    name: "Leila Haddad",
    email: "frontline_worker@supportsignal.test",
    role: "frontline_worker",
    passwordHash: DEMO_PASSWORD_HASH,
  },
] as const;

export type DemoRole = (typeof DEMO_ACCOUNTS)[number]["role"];
