import { spawnEmbeddedConvex } from "~/embedded/spawn";
import type { EmbeddedConvexOptions } from "~/embedded/options";
import { ConvexProxy } from "./convex-proxy";
import { Database } from "./database";
import { requireBuild, startPortal } from "./portal";
import type { Portal, PortalTarget } from "./portal";

/** A portal with its own database behind a proxy. */
export interface Stack {
  portal: Portal;
  proxy: ConvexProxy;
  database: Database;
  /** Convex as the portal reaches it, through the proxy. */
  target: PortalTarget;
  stop(): Promise<void>;
}

/** Starts an embedded Convex, a proxy and the built portal. */
export async function startStack(
  options: EmbeddedConvexOptions = {},
  env: Record<string, string> = {},
): Promise<Stack> {
  requireBuild();
  const convex = await spawnEmbeddedConvex(options);
  const proxy = await ConvexProxy.start(convex.url);
  const target = { convexUrl: proxy.url, deployKey: convex.adminKey };
  const portal = await startPortal(target, env);
  return {
    portal,
    proxy,
    database: new Database({ convexUrl: convex.url, deployKey: convex.adminKey }),
    target,
    stop: async () => {
      await portal.stop();
      await proxy.stop();
      await convex.close();
    },
  };
}
