/** The command `npm run embedded-convex`. */
import { parseArgs } from "node:util";
import { EmbeddedConvexError } from "./errors";
import { startEmbeddedConvex } from "./index";
import type { EmbeddedConvexOptions } from "./options";

const DEFAULT_PORT = 3210;

const HELP = `Runs the embedded Convex: Convex's own test runtime behind its HTTP API, in memory and on
loopback only, with the functions of convex/ and the five demo accounts. For demos and tests.

Usage: npm run embedded-convex -- [options]

  --port N           Port to listen on, 0 for any free one (default ${DEFAULT_PORT})
  --host HOST        127.0.0.1 (default), ::1 or localhost
  --data PATH        Load an export file, or a folder of <table>/documents.jsonl or <table>.jsonl,
                     in place of the sample data
  --scale N          Multiply the sample data by N
  --empty            Start with the demo accounts only
  --retention-ms N   How long old snapshots stay readable at least (default 10000)
  --json             Print {"url", "adminKey"} as one line of JSON instead of text
  --help             Show this
`;

/** A mistake on the command line. */
class UsageError extends Error {}

interface Command {
  options: EmbeddedConvexOptions;
  isJson: boolean;
  isHelp: boolean;
}

function parseCommand(args: string[]): Command {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        port: { type: "string" },
        host: { type: "string" },
        data: { type: "string" },
        scale: { type: "string" },
        empty: { type: "boolean" },
        "retention-ms": { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const scale = wholeNumber("--scale", values.scale);
  const retentionMs = wholeNumber("--retention-ms", values["retention-ms"]);
  return {
    isJson: values.json === true,
    isHelp: values.help === true,
    options: {
      port: wholeNumber("--port", values.port) ?? DEFAULT_PORT,
      ...(values.host === undefined ? {} : { host: values.host }),
      ...(values.data === undefined ? {} : { data: values.data }),
      ...(values.empty === undefined ? {} : { empty: values.empty }),
      ...(scale === undefined ? {} : { scale }),
      ...(retentionMs === undefined ? {} : { retentionMs }),
    },
  };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d{1,15}$/.test(text)) {
    throw new UsageError(`${name} must be a whole number, not ${JSON.stringify(text)}`);
  }
  return text === undefined ? undefined : Number(text);
}

async function run({ options, isJson }: Command): Promise<void> {
  const embedded = await startEmbeddedConvex({
    ...options,
    log: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  const { url, adminKey } = embedded;
  process.stdout.write(
    isJson
      ? `${JSON.stringify({ url, adminKey })}\n`
      : `The embedded Convex is running. Ctrl-C stops it; what it holds is in memory only.\n\n` +
          `  CONVEX_URL         ${url}\n  CONVEX_DEPLOY_KEY  ${adminKey}\n`,
  );
  const stop = (): void => {
    void embedded.close().then(() => process.exit(0));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

async function main(): Promise<void> {
  try {
    const command = parseCommand(process.argv.slice(2));
    if (command.isHelp) {
      process.stdout.write(HELP);
      return;
    }
    await run(command);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\nTry --help.\n`);
      process.exitCode = 2;
      return;
    }
    const isExpected = error instanceof EmbeddedConvexError;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${isExpected ? error.message : message}\n`);
    process.exitCode = 1;
  }
}

void main();
