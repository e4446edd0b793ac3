import { inspect } from "node:util";
import { runningRequest } from "./request-context";

const LEVELS = { debug: "DEBUG", error: "ERROR", info: "INFO", log: "LOG", warn: "WARN" } as const;

/**
 * Sends what a function logs back with its result, as Convex does. Must be called inside a
 * function: convex-test confines assignments to globals to the running function.
 */
export function captureConsole(): void {
  const logLines = runningRequest.getStore()?.logLines;
  if (logLines === undefined) {
    return;
  }
  const captured = Object.create(globalThis.console) as Console;
  for (const [method, label] of Object.entries(LEVELS)) {
    Object.defineProperty(captured, method, {
      value: (...values: unknown[]) => {
        logLines.push(`[${label}] ${values.map((value) => inspect(value)).join(" ")}`);
      },
    });
  }
  globalThis.console = captured;
}
