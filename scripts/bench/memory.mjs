import { readFile, writeFile } from "node:fs/promises";
import { ScriptError } from "../lib/terminal.mjs";

/** Memory of another process, as Linux counts it (proc(5)). */

const BYTES_PER_KB = 1024; // what /proc calls kB

/**
 * @param {number} pid
 * @param {"VmRSS" | "VmHWM"} name
 */
async function readStatus(pid, name) {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const value = new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1];
  if (value === undefined) {
    throw new ScriptError("The memory of a process can be measured on Linux only (/proc).");
  }
  return Number(value) * BYTES_PER_KB;
}

/** Bytes of memory that a process has at this moment. */
export const residentBytes = (/** @type {number} */ pid) => readStatus(pid, "VmRSS");

/** Most bytes of memory that a process had since `forgetPeak`; nothing between is missed. */
export const peakBytes = (/** @type {number} */ pid) => readStatus(pid, "VmHWM");

/** Sets the peak to what the process has now: "5" in clear_refs. */
export const forgetPeak = (/** @type {number} */ pid) => writeFile(`/proc/${pid}/clear_refs`, "5");
