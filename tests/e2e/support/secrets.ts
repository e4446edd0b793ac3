import { DEMO_ACCOUNTS, DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { createSampleData } from "~/embedded/sample-data";

/** A value that must not appear where a test looks, with the name to complain by. */
export interface Secret {
  name: string;
  value: string;
}

/** The credentials of the database, listed by hand: the export policy must not vouch for itself. */
const CREDENTIAL_FIELDS: Record<string, string[]> = {
  users: ["password"],
  sessions: ["sessionToken"],
  accounts: ["refresh_token", "access_token", "id_token"],
  password_reset_tokens: ["token"],
  user_invitations: ["invitation_token"],
  impersonation_sessions: ["session_token", "original_session_token"],
};

/** Provider keys that the sample data hides in fields of any shape. */
const HIDDEN_KEY = /\bsk-[\w-]{20,}/g;

/** Every credential in the sample data, wherever it is. */
export function seededCredentials(): Secret[] {
  const data = createSampleData({ scale: 1 });
  const inFields = Object.entries(CREDENTIAL_FIELDS).flatMap(([table, fields]) =>
    (data[table as keyof typeof data] ?? []).flatMap((document) =>
      fields.flatMap((field): Secret[] => {
        const value = document[field];
        return typeof value === "string" ? [{ name: `${table}.${field}`, value }] : [];
      }),
    ),
  );
  const loose = JSON.stringify(
    [data.ai_request_logs, data.workflow_handoffs, data.debug_logs],
    (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
  );
  const hidden = [...(loose.match(HIDDEN_KEY) ?? [])].map((value) => ({
    name: "any field",
    value,
  }));
  const accounts = DEMO_ACCOUNTS.map(({ email, passwordHash }) => ({
    name: `password hash of ${email}`,
    value: passwordHash,
  }));
  return [...inFields, ...hidden, ...accounts, { name: "demo password", value: DEMO_PASSWORD }];
}

/** Names of the secrets that a text holds. */
export function findSecrets(text: string, secrets: readonly Secret[]): string[] {
  return secrets.filter(({ value }) => text.includes(value)).map(({ name }) => name);
}
