import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { Actor } from "../convex/accounts";
import { ConvexClient } from "../convex/client";
import { UsageError } from "./failure";

/** What every command that asks a deployment takes. */
export interface ConnectionOptions {
  url?: string | undefined;
  deployKeyFile?: string | undefined;
  as?: string | undefined;
}

/** For yargs: the same options in every such command. */
export const connectionOptions = {
  url: {
    type: "string",
    describe: "Convex deployment; CONVEX_URL where it is left out",
    requiresArg: true,
  },
  "deploy-key-file": {
    type: "string",
    describe: "file with the deploy key; CONVEX_DEPLOY_KEY where it is left out",
    requiresArg: true,
  },
  as: {
    type: "string",
    describe: "name for the audit trail and the file; user@host where it is left out",
    requiresArg: true,
  },
} as const;

/** One request to Convex may take so long (as the portal's CONVEX_TIMEOUT_MS). */
const REQUEST_TIMEOUT_MS = 30_000;

/** Longest name in an audit row, in characters. */
const NAME_LENGTH = 100;

export interface Connection {
  client: ConvexClient;
  actor: Actor;
}

/**
 * The deploy key is read from a file or the environment: an argument would be seen by everybody who
 * lists the machine's processes, and stay in the history of the shell.
 * @throws UsageError
 */
export function connect(
  { url, deployKeyFile, as }: ConnectionOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Connection {
  const address = url ?? environment["CONVEX_URL"] ?? "";
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new UsageError("Name the Convex deployment: set CONVEX_URL, or give --url https://….");
  }
  const deployKey =
    deployKeyFile === undefined
      ? (environment["CONVEX_DEPLOY_KEY"] ?? "")
      : readOptionFile("--deploy-key-file", deployKeyFile).trim();
  if (!/^[!-~]+$/.test(deployKey)) {
    throw new UsageError(
      "There is no deploy key: set CONVEX_DEPLOY_KEY, or name a file that holds nothing else with --deploy-key-file.",
    );
  }
  const client = new ConvexClient({ url: address, deployKey, timeoutMs: REQUEST_TIMEOUT_MS });
  return { client, actor: { kind: "command_line", name: nameOf(as) } };
}

function nameOf(given: string | undefined): string {
  const name = given?.trim() ?? `${userInfo().username}@${hostname()}`;
  if (name === "" || name.length > NAME_LENGTH || /\p{Cc}/u.test(name)) {
    throw new UsageError(`--as takes 1 to ${NAME_LENGTH} characters without control characters.`);
  }
  return name;
}

/** @throws UsageError that names the option, and not what is in the file */
export function readOptionFile(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${option} ${file} cannot be read (${String(code)}).`);
  }
}
