import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { listen, type ListeningServer } from "./http-server";

/**
 * A registry for npm that has the packages which are installed in a project, and no others: what is
 * installed from it needs no network, and gets the very versions that the project was tested with.
 */
export async function startLocalRegistry(project: string): Promise<ListeningServer> {
  const { packages } = JSON.parse(
    readFileSync(path.join(project, "node_modules/.package-lock.json"), "utf8"),
  ) as { packages: Record<string, unknown> };
  const folders = Object.keys(packages);
  const registry = await listen((request, response) => {
    const asked = decodeURIComponent((request.url ?? "").slice(1));
    if (asked.endsWith(".tgz")) {
      const folder = path.join(project, asked.slice(0, -".tgz".length));
      void pipeline(pack(folder), response).catch(() => response.destroy());
      return;
    }
    const found = folders.filter((folder) => folder.split("node_modules/").at(-1) === asked);
    if (found.length === 0) {
      response.writeHead(404).end("{}");
      return;
    }
    const versions = found.map((folder) => {
      const manifest = JSON.parse(
        readFileSync(path.join(project, folder, "package.json"), "utf8"),
      ) as { version: string };
      const dist = { tarball: `${registry.url}/${encodeURIComponent(folder)}.tgz` };
      return [manifest.version, { ...manifest, dist }] as const;
    });
    response.writeHead(200, { "Content-Type": "application/json" }).end(
      JSON.stringify({
        name: asked,
        "dist-tags": { latest: versions[0]?.[0] },
        versions: Object.fromEntries(versions),
      }),
    );
  });
  return registry;
}

/** The archive of a package, without the packages that were installed in its folder. */
function pack(folder: string) {
  const name = path.basename(folder);
  const args = ["-cf", "-", `--exclude=${name}/node_modules`, "-C", path.dirname(folder), name];
  return spawn("tar", args, { stdio: ["ignore", "pipe", "ignore"] }).stdout;
}
