import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A site that is not the portal's. */
export interface OtherSite {
  /** Its address, whose host is another one than the portal's. */
  url: string;
  stop(): Promise<void>;
}

/** Serves one page at a name that browsers take for another site than `127.0.0.1`. */
export async function startOtherSite(body: string): Promise<OtherSite> {
  const server = createServer((_req, res) => {
    res.setHeader("Content-Type", "text/html; charset=utf-8");
    res.end(`<!doctype html><title>Another site</title>${body}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
