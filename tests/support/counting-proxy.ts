import { listen, type ListeningServer } from "./http-server";

export interface CountingProxy extends ListeningServer {
  /** How often each path was asked for. */
  counts: Record<string, number>;
  /** Requests that read the database for an export: timestamp, plan and pages. */
  reading(): number;
  /** All others: session, role, audit; not progress, which depends on the machine's speed. */
  others(): number;
}

const PROGRESS = "exportRuns:progress";

const READING = new Set(["/api/query_ts", "/api/query_at_ts"]);

/** Passes every request on to Convex, and counts. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const counts: Record<string, number> = {};
  const server = await listen((req, res) => {
    const path = req.url ?? "";
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.once("end", () => {
      const call = Buffer.concat(chunks).includes(PROGRESS) ? PROGRESS : path;
      counts[call] = (counts[call] ?? 0) + 1;
      fetch(new URL(path, target), {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: req.headers.authorization ?? "",
        },
        body: Buffer.concat(chunks),
      })
        .then(async (answer) => {
          res.writeHead(answer.status, { "Content-Type": "application/json" });
          res.end(Buffer.from(await answer.arrayBuffer()));
        })
        .catch(() => res.destroy());
    });
  });
  const sum = (isCounted: (path: string) => boolean) =>
    Object.entries(counts).reduce((total, [path, n]) => total + (isCounted(path) ? n : 0), 0);
  return {
    ...server,
    counts,
    reading: () => sum((path) => READING.has(path)),
    others: () => sum((path) => !READING.has(path) && path !== PROGRESS),
  };
}
