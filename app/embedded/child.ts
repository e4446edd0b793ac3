/**
 * The process behind `spawnEmbeddedConvex`. The parent writes the options as one JSON line to
 * stdin; messages go back as JSON lines on stdout. It ends when stdin does: a parent that is
 * killed takes its child along.
 */
import { createInterface } from "node:readline";
import { EmbeddedConvexError } from "./errors";
import { startEmbeddedConvex } from "./index";
import type { EmbeddedConvexOptions } from "./options";

/** One line on stdout. */
export type ChildMessage =
  | { type: "ready"; url: string; adminKey: string }
  | { type: "failed"; message: string }
  | { type: "log"; line: string };

function tell(message: ChildMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const input = createInterface({ input: process.stdin });
// The parent decides when to stop; a Ctrl-C in the terminal reaches the whole process group.
process.on("SIGINT", () => undefined);
input.once("close", () => {
  process.exit(0);
});
input.once("line", (line) => {
  const options = JSON.parse(line) as EmbeddedConvexOptions;
  startEmbeddedConvex({
    ...options,
    log: (text) => {
      tell({ type: "log", line: text });
    },
  }).then(
    ({ url, adminKey }) => {
      tell({ type: "ready", url, adminKey });
    },
    (error: unknown) => {
      const isExpected = error instanceof EmbeddedConvexError;
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell({ type: "failed", message: isExpected ? error.message : message });
      process.exitCode = 1;
      input.close();
    },
  );
});
