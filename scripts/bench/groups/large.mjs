import { readFile } from "node:fs/promises";
import path from "node:path";
import { startEmbeddedConvex } from "../../lib/embedded.mjs";
import { findDifferences } from "../check-file.mjs";
import { withService } from "../context.mjs";
import { newKey } from "../exports.mjs";
import { duration, fact, size } from "../measures.mjs";
import { createSample } from "../peer/data.mjs";
import { startPortal } from "../portal.mjs";

/**
 * A database far over the limits of one query, through the real functions: is the file complete?
 *
 * @typedef {import("../context.mjs").Bench} Bench
 * @typedef {import("../measures.mjs").Measure} Measure
 */

const SCALE = 40;

/**
 * @param {Bench} bench
 * @returns {Promise<Measure[]>}
 */
export async function measureLarge(bench) {
  bench.say(`The embedded Convex with ${SCALE} times the sample data …`);
  const convex = await startEmbeddedConvex({ scale: SCALE, log: () => {} });
  const { url, adminKey } = convex;
  const { email, password } = await bench.account();
  const target = { convexUrl: url, deployKey: adminKey, email, password };
  const saveTo = path.join(bench.directory, "large.json");
  const download = await withService({ stop: () => convex.close() }, () =>
    withService(bench.startClient(), (client) =>
      withService(startPortal(target), ({ downloadUrl, cookie }) =>
        client.call("download", { key: newKey(), url: downloadUrl, cookie, saveTo }),
      ),
    ),
  );
  const file = /** @type {import("../check-file.mjs").ExportedFile} */ (
    JSON.parse(await readFile(saveTo, "utf8"))
  );
  const problems = findDifferences(file, await createSample(SCALE));
  const records = file.metadata.totalRecords.toLocaleString("en");
  return [
    fact({
      id: "large.complete",
      title: "120,000 documents and more in the embedded Convex",
      target: "complete and correct",
      figure: problems.length === 0 ? "complete and correct" : problems.join("; "),
      isMet: problems.length === 0 && file.metadata.totalRecords >= 120_000,
      detail: `sample data ×${SCALE}: ${records} documents, ${size(download.bytes)}, ${duration(download.endedAt - download.startedAt)}`,
    }),
  ];
}
