import type { EmbeddedConvex, EmbeddedConvexOptions } from "./options";

export type { EmbeddedConvex, EmbeddedConvexOptions } from "./options";
export { spawnEmbeddedConvex } from "./spawn";

/**
 * Starts the embedded Convex in this process. Only for its own command and tests: convex-test
 * replaces globals such as `Date` and `fetch` of the whole process. Others spawn it.
 *
 * @throws EmbeddedConvexError for bad options, a taken port, or data that cannot be loaded.
 */
export async function startEmbeddedConvex(
  options: EmbeddedConvexOptions = {},
): Promise<EmbeddedConvex> {
  const { start } = await import("./start");
  return start(options);
}
