import { run } from "./run.mjs";

/** Packages of the system, which only Debian and what is made of it installs by itself. */

/** @returns {Promise<string[] | undefined>} what to put before a command that needs root */
async function asRoot() {
  if (process.getuid?.() === 0) return [];
  const { code } = await run("sudo", ["-n", "true"], { quiet: true });
  return code === 0 ? ["sudo", "-n"] : undefined;
}

/** Runs a command as root; false when that is not possible or the command fails. */
export async function runAsRoot(/** @type {string[]} */ ...words) {
  const prefix = await asRoot();
  const [command = "", ...args] = [...(prefix ?? []), ...words];
  return prefix !== undefined && (await run(command, args, { quiet: true })).code === 0;
}

/** Installs packages of Debian; false when that is not possible. */
export async function installPackages(/** @type {string[]} */ ...names) {
  // An index that could not be refreshed in full may still know the package.
  await runAsRoot("apt-get", "update");
  return await runAsRoot("apt-get", "install", "--yes", "--no-install-recommends", ...names);
}
