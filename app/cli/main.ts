import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import packageJson from "../../package.json" with { type: "json" };
import { ExportError } from "../export/errors";
import { connectionOptions } from "./connection";
import { diff } from "./diff";
import { exportDatabase } from "./export";
import { describeFailure, EXIT, UsageError, type ExitCode } from "./failure";
import { inspect } from "./inspect";
import { mcp } from "./mcp";
import {
  diffOptions,
  exportOptions,
  json,
  mcpOptions,
  queryOptions,
  verifyOptions,
} from "./options";
import { query } from "./query";
import { verify } from "./verify";

/** The command line: one definition of commands, options, help and completion. */

const NAME = "supportsignal-export";

const ANY_EXPORT = "JSON, NDJSON or a bundle";

/** Whether somebody asked to end it: whatever fails afterwards fails because of that. */
let isInterrupted = false;

/** Ended by the first Ctrl-C with all that has to be tidied up; the second one ends at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      isInterrupted = true;
      controller.abort();
      process.once(signal, () => process.exit(EXIT.interrupted));
    });
  }
  return controller.signal;
}

async function run(args: string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  await yargs(args)
    .scriptName(NAME)
    .usage(
      "$0 <command>\n\nThe SupportSignal database as one consistent, sanitised export, and what to do with it.",
    )
    .command(
      "inspect",
      "records and sizes of each table, and what is left out",
      (command) => command.options({ ...connectionOptions, json }),
      async (given) => inspect(given),
    )
    .command(
      "export",
      "write the database to a file that is complete or does not exist",
      (command) =>
        command
          .options(exportOptions)
          .check(({ concurrency, timeout }) => {
            requireInteger("--concurrency", concurrency, 1024);
            requireInteger("--timeout", timeout, 86_400);
            return true;
          })
          .example("$0 export --out snapshot.json", "the whole database")
          .example("$0 export --format zip --privacy pseudonymised", "a bundle for an AI tool")
          .example("$0 export --format parquet --out snapshot", "a folder with a file per table")
          .example("$0 export --company acme-care --from 2026-01-01 --to 2026-02-01", "a segment")
          .example("$0 export --tables incidents,incident_narratives --out - | jq .metadata", ""),
      async (given) => exportDatabase(given, interruption()),
    )
    .command(
      "verify <file>",
      "whether a file is a complete export: structure, counts, order, digests",
      (command) =>
        command
          .positional("file", {
            type: "string",
            demandOption: true,
            describe: "JSON, NDJSON, a bundle, a folder of Parquet or CSV; - for standard input",
          })
          .options(verifyOptions)
          .example("$0 verify snapshot.json --digest 9f86d081…", "")
          .example("$0 verify snapshot.zip --strict-references", ""),
      async (given) => {
        // The parser takes a lone "-" for an option without a name.
        const isStdin = given.file === "" && args.includes("-");
        exitCode = await verify(isStdin ? { ...given, file: "-" } : given);
      },
    )
    .command(
      "diff <old> <new>",
      "documents that were added, removed and changed between two exports",
      (command) =>
        command
          .positional("old", { type: "string", demandOption: true, describe: "the earlier export" })
          .positional("new", { type: "string", demandOption: true, describe: "the later export" })
          .options(diffOptions)
          .example("$0 diff monday.json tuesday.zip --ids", "")
          .example("$0 diff a.json b.json --exit-code --json", "for a script"),
      async (given) => {
        exitCode = await diff(given, interruption());
      },
    )
    .command(
      "query <file> [sql]",
      "SQL (DuckDB) over an export, read-only; each table has its right types",
      (command) =>
        command
          .positional("file", { type: "string", demandOption: true, describe: ANY_EXPORT })
          .positional("sql", { type: "string", describe: "one query" })
          .options(queryOptions)
          .check(({ limit }) => {
            if (limit !== undefined) requireInteger("--limit", limit, Number.MAX_SAFE_INTEGER);
            return true;
          })
          .example(
            "$0 query snapshot.zip 'SELECT overall_status, count(*) FROM incidents GROUP BY ALL'",
            "",
          )
          .example("$0 query snapshot.json 'DESCRIBE incidents' --output json", "")
          .example("$0 query snapshot.json --forget", "remove what is kept beside it"),
      async (given) => query(given, interruption()),
    )
    .command(
      "mcp <file>",
      "serve an export to an AI tool: Model Context Protocol on standard input and output",
      (command) =>
        command
          .positional("file", { type: "string", demandOption: true, describe: ANY_EXPORT })
          .options(mcpOptions)
          .check((given) => {
            requireInteger("--max-rows", given["max-rows"], 1_000_000);
            requireInteger("--max-bytes", given["max-bytes"], 1_000_000_000);
            requireInteger("--timeout", given.timeout, 86_400);
            return true;
          })
          .example("claude mcp add supportsignal -- $0 mcp /path/to/snapshot.zip", "Claude Code"),
      async (given) => mcp(given, interruption()),
    )
    .completion("completion", "a script for bash or zsh: put it into your shell's profile")
    .demandCommand(1, "Name a command.")
    .strict()
    .updateStrings({
      "Invalid values:": "An option takes only certain values:",
      "Argument: %s, Given: %s, Choices: %s": "--%s is %s, and takes %s",
    })
    .version(packageJson.version)
    .help()
    .epilogue(
      "The deploy key comes from CONVEX_DEPLOY_KEY or --deploy-key-file, never from an argument.\nExit codes: 0 done, 1 a fault of this program, 2 usage, 3 refused, 4 unavailable, 5 not complete, 6 different (diff --exit-code), 130 Ctrl-C.",
    )
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw (
        error ?? new UsageError(`${message ?? "The command is not right."}\n\nSee ${NAME} --help.`)
      );
    })
    .parseAsync();
  return exitCode;
}

function requireInteger(option: string, value: number, maximum: number): void {
  if (!Number.isInteger(value) || value < 1 || value > maximum) {
    throw new UsageError(`${option} takes a whole number from 1 to ${maximum}.`);
  }
}

function cancelled(error: unknown): ExportError {
  if (error instanceof ExportError && error.code === "cancelled") return error;
  return new ExportError("cancelled", "ended by a signal", { cause: error });
}

/** The events of an export are there unless the file is. */
function hasEventsOnStdout(): boolean {
  const [command, ...args] = hideBin(process.argv);
  const isFileThere = args.some(
    (arg, index) =>
      /^(--out|-o)=-$/.test(arg) || (arg === "-" && /^(--out|-o)$/.test(args[index - 1] ?? "")),
  );
  return command === "export" && !isFileThere;
}

// Whoever writes there is told as well, and tidies up: `head` closes it when it has enough.
process.stdout.on("error", () => undefined);

try {
  process.exitCode = await run(hideBin(process.argv));
} catch (error) {
  const { message, code, exitCode } = describeFailure(isInterrupted ? cancelled(error) : error);
  const isJson = process.argv.includes("--json");
  const text = isJson ? `${JSON.stringify({ event: "failed", code, message })}\n` : `${message}\n`;
  (isJson && hasEventsOnStdout() ? process.stdout : process.stderr).write(text);
  process.exitCode = exitCode;
}
