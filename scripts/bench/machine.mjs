import os from "node:os";

/**
 * The machine that a run was made on. No name and no path: it is published.
 *
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} cores
 * @property {number} memoryBytes
 * @property {string} node
 * @property {string} system
 * @property {string} date YYYY-MM-DD, UTC
 * @property {number} load average of the last minute, before the run: others' work is in the figures
 */

/** @returns {Machine} */
export function describeMachine() {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? "unknown",
    cores: cpus.length,
    memoryBytes: os.totalmem(),
    node: process.version,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    date: new Date().toISOString().slice(0, 10),
    load: os.loadavg()[0] ?? 0,
  };
}
