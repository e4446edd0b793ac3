import { accessSync, constants, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { z } from "zod";

/**
 * The portal's configuration: environment variables and nothing else. The only reader of
 * `process.env` in the web application.
 */

/** Shorter secrets can be guessed. */
const SESSION_SECRET_LENGTH = 32;

const LOOPBACK = new Set(["127.0.0.1", "::1", "[::1]", "localhost"]);

const MEBIBYTE = 1024 * 1024;

/** The unit in which exports are held (`app/export/spool-blocks.ts`). */
const SPOOL_BLOCK_BYTES = 256 * 1024;

function integer(minimum: number, maximum: number, fallback: number) {
  return z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum))
    .default(fallback);
}

const httpUrl = z.url({
  protocol: /^https?$/,
  error: "must be an http or https URL",
  abort: true, // what follows parses it
});

/** An address without anything behind the host: what else is given would be ignored. */
const origin = httpUrl
  .refine((url) => {
    const { href, origin } = new URL(url);
    return href === `${origin}/`;
  }, "must be scheme, host and port only")
  .transform((url) => new URL(url).origin);

function isWritableDirectory(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

const schema = z
  .object({
    NODE_ENV: z.enum(["production", "development", "test"]).default("production"),
    CONVEX_URL: origin,
    CONVEX_DEPLOY_KEY: z.string().regex(/^[!-~]+$/, "must be printable characters without spaces"),
    SESSION_SECRET: z
      .string()
      .transform((secrets) => secrets.split(",").map((secret) => secret.trim()))
      .refine(
        (secrets) => secrets.every((secret) => secret.length >= SESSION_SECRET_LENGTH),
        `must be ${SESSION_SECRET_LENGTH} characters or more; for rotation, several separated by commas, the new one first`,
      ),
    PORT: integer(1, 65_535, 3200),
    HOST: z.string().default("127.0.0.1"),
    PORTAL_ORIGIN: origin.optional(),
    TRUST_PROXY: integer(0, 16, 0),
    LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
    CONVEX_TIMEOUT_MS: integer(100, 300_000, 30_000),
    EXPORT_CONCURRENCY: integer(1, 1_024, 16),
    EXPORT_PAGE_BYTES: integer(1, 12 * MEBIBYTE, 8 * MEBIBYTE),
    EXPORT_PAGE_DOCUMENTS: integer(1, 30_000, 24_000),
    EXPORT_CAPTURES: integer(1, 1_024, 8),
    EXPORT_CAPTURE_SECONDS: integer(1, 86_400, 300),
    EXPORT_RESUME_SECONDS: integer(0, 86_400, 60),
    EXPORT_MEMORY_BYTES: integer(0, 64 * 1024 * MEBIBYTE, 56 * MEBIBYTE),
    EXPORT_DISK_BYTES: integer(0, 16 * 1024 * 1024 * MEBIBYTE, 8 * 1024 * MEBIBYTE),
    EXPORT_SPOOL_DIRECTORY: z
      .string()
      .default(tmpdir())
      .refine(isWritableDirectory, "must be a directory that the portal can write to"),
  })
  .superRefine((env, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const { EXPORT_MEMORY_BYTES: memory, EXPORT_DISK_BYTES: disk } = env;
    // What is no number was complained of already.
    if (Number.isInteger(memory) && memory < SPOOL_BLOCK_BYTES && disk < SPOOL_BLOCK_BYTES) {
      const message = `or EXPORT_DISK_BYTES must be ${SPOOL_BLOCK_BYTES} or more`;
      problem("EXPORT_MEMORY_BYTES", message);
    }
    if (env.PORTAL_ORIGIN === undefined) {
      if (!LOOPBACK.has(env.HOST)) {
        problem("PORTAL_ORIGIN", "is required when HOST is not a loopback address");
      }
      return;
    }
    const { protocol, hostname } = new URL(env.PORTAL_ORIGIN);
    if (env.NODE_ENV === "production" && protocol === "http:" && !LOOPBACK.has(hostname)) {
      problem("PORTAL_ORIGIN", "must be https in production, except on a loopback address");
    }
  });

export type Env = Readonly<
  z.infer<typeof schema> & {
    /** The address that browsers use. */
    PORTAL_ORIGIN: string;
    /** Whether cookies are `Secure`, with the `__Host-` prefix. */
    SECURE_COOKIES: boolean;
  }
>;

/** Everything that is wrong with the environment, in one message. It holds no value. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

/**
 * @param source Environment variables; an empty one counts as absent.
 * @throws EnvError
 */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = schema.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => {
      const name = issue.path.join(".");
      const isMissing = issue.code === "invalid_type" && given[name] === undefined;
      return `  ${name} ${isMissing ? "is required" : withoutValue(issue)}`;
    });
    throw new EnvError(`The environment is not valid:\n${problems.join("\n")}`);
  }
  const env = result.data;
  const host = env.HOST.includes(":") ? `[${env.HOST}]` : env.HOST;
  const PORTAL_ORIGIN = env.PORTAL_ORIGIN ?? `http://${host}:${env.PORT}`;
  return { ...env, PORTAL_ORIGIN, SECURE_COOKIES: PORTAL_ORIGIN.startsWith("https:") };
}

function withoutValue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return `must be ${String(issue.minimum)} or more`;
    case "too_big":
      return `must be ${String(issue.maximum)} or less`;
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    default:
      return issue.message;
  }
}

let env: Env | undefined;

/** The environment of this process, validated on first use. */
export function getEnv(): Env {
  env ??= parseEnv(process.env);
  return env;
}
