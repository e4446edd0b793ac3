/**
 * Preloaded into a server that a script starts: the server stops when that script is gone, even if
 * it was killed. Standard input is a pipe from the script, and its end is the sign.
 */
process.stdin.once("close", () => process.kill(process.pid, "SIGTERM")).resume();
// Nothing is read from it, so it must not keep the process alive.
if ("unref" in process.stdin) process.stdin.unref();
