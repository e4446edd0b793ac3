/** An error that its message explains in full: scripts print it without a stack. */
export class ScriptError extends Error {
  /**
   * @param {string} message
   * @param {number} exitCode 1 for what went wrong, 2 for a command line that cannot be understood
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = "ScriptError";
    this.exitCode = exitCode;
  }
}

/** Prints one line to standard output. */
export const print = (line = "") => void process.stdout.write(`${line}\n`);

/**
 * Runs a script's main function and turns what it throws into a message and an exit code.
 *
 * @param {() => Promise<number | void>} main its result is the exit code, 0 when there is none
 */
export async function runScript(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.exitCode = error instanceof ScriptError ? error.exitCode : 1;
    const text =
      error instanceof ScriptError ? error.message : error instanceof Error ? error.stack : error;
    process.stderr.write(`\n${String(text)}\n`);
  }
}
