import { tmpdir } from "node:os";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { connectionOptions } from "./connection";
import { exportDatabase } from "./export";
import { describeFailure, EXIT, UsageError, type ExitCode } from "./failure";
import { inspect } from "./inspect";
import { verify } from "./verify";

/** The command line: one definition of commands, options, help and completion. */

const NAME = "supportsignal-export";

const json = {
  type: "boolean",
  default: false,
  describe: "JSON for programs",
} as const;

/** Ended by the first Ctrl-C with all that has to be tidied up; the second one ends at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
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
    .usage("$0 <command>\n\nThe SupportSignal database as one consistent, sanitised JSON file.")
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
          .options({
            ...connectionOptions,
            out: {
              type: "string",
              alias: "o",
              requiresArg: true,
              describe:
                "file, or - for standard output; the export's own name where it is left out",
            },
            overwrite: {
              type: "boolean",
              default: false,
              describe: "replace a file that is there",
            },
            tables: {
              type: "string",
              requiresArg: true,
              describe: "these only, with commas between",
            },
            format: { type: "string", requiresArg: true, default: "json", describe: "json" },
            privacy: {
              type: "string",
              requiresArg: true,
              default: "redacted",
              describe: "redacted, or pseudonymised for an AI tool",
            },
            consistency: {
              type: "string",
              requiresArg: true,
              default: "snapshot",
              describe: "snapshot, or rolling where the database changes too fast",
            },
            reason: { type: "string", requiresArg: true, describe: "for the audit trail" },
            "key-file": {
              type: "string",
              requiresArg: true,
              describe: "keep the key of fingerprints and pseudonyms, to compare two exports",
            },
            concurrency: {
              type: "number",
              requiresArg: true,
              default: 16,
              describe: "queries at once, 1 to 1024",
            },
            timeout: {
              type: "number",
              requiresArg: true,
              default: 300,
              describe: "seconds that reading may take",
            },
            "spool-directory": {
              type: "string",
              requiresArg: true,
              default: tmpdir(),
              defaultDescription: "the system's",
              describe: "where an encrypted file goes while a large database is read",
            },
            json,
          })
          .check(({ concurrency, timeout }) => {
            requireInteger("--concurrency", concurrency, 1024);
            requireInteger("--timeout", timeout, 86_400);
            return true;
          })
          .example("$0 export --out snapshot.json", "the whole database")
          .example(
            "$0 export --privacy pseudonymised",
            "for an AI tool, under the export's own name",
          )
          .example("$0 export --tables incidents,incident_narratives --out - | jq .metadata", ""),
      async (given) => exportDatabase(given, interruption()),
    )
    .command(
      "verify <file>",
      "whether a file is a complete export: structure, counts, order, digest",
      (command) =>
        command
          .positional("file", {
            type: "string",
            demandOption: true,
            describe: "- for standard input",
          })
          .options({
            digest: {
              type: "string",
              requiresArg: true,
              describe: "the SHA-256 that it must have",
            },
            json,
          })
          .example("$0 verify snapshot.json --digest 9f86d081…", ""),
      async (given) => {
        exitCode = await verify(given);
      },
    )
    .completion("completion", "a script for bash or zsh: put it into your shell's profile")
    .demandCommand(1, "Name a command.")
    .strict()
    .version(false)
    .help()
    .epilogue(
      "The deploy key comes from CONVEX_DEPLOY_KEY or --deploy-key-file, never from an argument.\nExit codes: 0 done, 1 a fault of this program, 2 usage, 3 refused, 4 unavailable, 5 not complete, 130 Ctrl-C.",
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

// Whoever writes there is told as well, and tidies up: `head` closes it when it has enough.
process.stdout.on("error", () => undefined);

try {
  process.exitCode = await run(hideBin(process.argv));
} catch (error) {
  const { message, code, exitCode } = describeFailure(error);
  const isJson = process.argv.includes("--json");
  process.stderr.write(
    isJson ? `${JSON.stringify({ event: "failed", code, message })}\n` : `${message}\n`,
  );
  process.exitCode = exitCode;
}
