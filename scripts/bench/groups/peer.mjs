import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { startEmbeddedConvex } from "../../lib/embedded.mjs";
import { inProject } from "../../lib/project.mjs";
import { findDifferences } from "../check-file.mjs";
import { withService } from "../context.mjs";
import { newKey } from "../exports.mjs";
import { duration, fact, ratio, size } from "../measures.mjs";
import { createSample, measureTables, withLargeDocuments, writeTables } from "../peer/data.mjs";
import { startPortal } from "../portal.mjs";
import { median, medianRatio } from "../stats.mjs";

/**
 * The single-query design against the portal, on the same embedded Convex with the same data. Both
 * end with a file on the disk of the client. The peer neither sanitises nor checks anything.
 *
 * @typedef {import("../context.mjs").Bench} Bench
 * @typedef {import("../context.mjs").Client} Client
 * @typedef {import("../measures.mjs").Measure} Measure
 * @typedef {import("../peer/data.mjs").Tables} Tables
 *
 * @typedef {object} Trial
 * @property {{ ms: number } | { failure: string }} peer
 * @property {number} oursMs
 *
 * @typedef {{ measured: number, reference: number }} Pair
 */

const PEER_QUERY = "singleQuery:everything";

/** Multiples of the sample data that the peer can read. */
const COMPARED_SCALES = [1, 2, 4];
const RUNS = 25;

/** Both run for weeks: until then the code of neither is compiled. */
const WARM_UP_RUNS = 20;

/** The pairs of new processes, which are told beside the figure. */
const FIRST_RUNS = 10;

/** Some 900 kB each: over 16 MiB together. */
const LARGE_DOCUMENTS = 20;

/**
 * @param {Bench} bench
 * @param {Tables} tables
 * @param {number} runs
 * @returns {Promise<Trial[]>} in the order in which they were
 * @throws {Error} when our file is not complete
 */
async function tryBoth(bench, tables, runs) {
  const folder = path.join(bench.directory, "tables");
  const { email, password, passwordHash } = await bench.account();
  const stored = await writeTables(folder, tables, { email, passwordHash });
  const convex = await startEmbeddedConvex({
    functionsDir: inProject("scripts/bench/peer/convex"),
    data: folder,
    log: () => {},
  });
  await rm(folder, { recursive: true });
  const { url, adminKey } = convex;
  const target = { convexUrl: url, deployKey: adminKey, email, password };
  return await withService({ stop: () => convex.close() }, () =>
    withService(bench.startClient(), (client) =>
      withService(startPortal(target), async ({ downloadUrl, cookie }) => {
        const ourFile = path.join(bench.directory, "ours.json");
        const peerFile = path.join(bench.directory, "peer.json");
        /** @type {Trial[]} */
        const trials = [];
        for (let run = 0; run < runs; run++) {
          const asked = { key: newKey(), url: downloadUrl, cookie, saveTo: ourFile };
          const ours = await client.call("download", asked);
          const query = { url, adminKey, path: PEER_QUERY, saveTo: peerFile };
          const peer = await client.call("singleQuery", query);
          trials.push({ peer, oursMs: ours.endedAt - ours.startedAt });
        }
        requireComplete(await readFile(ourFile, "utf8"), stored);
        return trials;
      }),
    ),
  );
}

/** @param {string} text @param {Tables} stored */
function requireComplete(text, stored) {
  const file = /** @type {import("../check-file.mjs").ExportedFile} */ (JSON.parse(text));
  const problems = findDifferences(file, stored);
  if (problems.length > 0) throw new Error(`Our file is not complete: ${problems.join("; ")}`);
}

const describe = (/** @type {Tables} */ tables) => {
  const { documents, bytes } = measureTables(tables);
  return `${documents.toLocaleString("en")} documents, ${size(bytes)}`;
};

/**
 * @param {Bench} bench
 * @param {{ id: string, title: string, tables: Tables }} data that the peer should not manage
 * @returns {Promise<Measure>}
 */
async function showFailure(bench, { id, title, tables }) {
  bench.say(`The peer, ${describe(tables)} …`);
  const [trial] = await tryBoth(bench, tables, 1);
  if (trial === undefined) throw new Error("Nothing was tried");
  const { peer, oursMs } = trial;
  const hasFailed = "failure" in peer;
  const reason = hasFailed ? `“${firstSentence(peer.failure)}”` : duration(peer.ms);
  return fact({
    id,
    title,
    target: "peer fails, ours is complete",
    figure: hasFailed ? "peer fails, ours is complete" : "both are complete",
    isMet: hasFailed,
    detail: `${describe(tables)}; peer: ${reason}; ours: ${duration(oursMs)}`,
  });
}

/** What a function failed with, without the request's id, advice and the stack. */
function firstSentence(/** @type {string} */ message) {
  const lines = message.split("\n").filter((line) => !line.startsWith("[Request ID"));
  const [sentence = message] = lines[0]?.replace("Uncaught Error: ", "").split(". ") ?? [];
  return sentence;
}

/**
 * @param {Bench} bench
 * @param {number} scale
 * @returns {Promise<Measure>}
 */
async function compare(bench, scale) {
  const tables = await createSample(scale);
  bench.say(`The peer and ours, ${describe(tables)} …`);
  const runs = bench.isQuick ? 1 : WARM_UP_RUNS + RUNS;
  const all = (await tryBoth(bench, tables, runs)).map(toPair);
  const pairs = bench.isQuick ? all : all.slice(WARM_UP_RUNS);
  const first = medianRatio(all.slice(0, FIRST_RUNS)).toFixed(2);
  const ours = median(pairs.map(({ measured }) => measured));
  const peer = median(pairs.map(({ reference }) => reference));
  return ratio({
    id: `peer.scale${scale}`,
    title: `Time to a finished file, ours over the peer's, sample data ×${scale}`,
    value: medianRatio(pairs),
    atMost: 1,
    detail: `${describe(tables)}; ours ${duration(ours)}, peer ${duration(peer)}; ${pairs.length} ${pairs.length === 1 ? "pair" : "pairs"}; ${first} in the first exports of new processes`,
  });
}

/** @param {Trial} trial @returns {Pair} @throws {Error} where the peer failed */
function toPair({ peer, oursMs }) {
  if ("failure" in peer) throw new Error(`The peer failed: ${peer.failure}`);
  return { measured: oursMs, reference: peer.ms };
}

/**
 * @param {Bench} bench
 * @returns {Promise<Measure[]>}
 */
export async function measurePeer(bench) {
  /** @type {Measure[]} */
  const measures = [];
  for (const scale of COMPARED_SCALES) measures.push(await compare(bench, scale));
  measures.push(
    await showFailure(bench, {
      id: "peer.array",
      title: "More than 8,192 documents in one table",
      tables: await createSample(8),
    }),
    await showFailure(bench, {
      id: "peer.documents",
      title: "More than 32,000 documents",
      tables: await createSample(12),
    }),
    await showFailure(bench, {
      id: "peer.bytes",
      title: "More than 16 MiB",
      tables: withLargeDocuments(await createSample(1), LARGE_DOCUMENTS),
    }),
  );
  return measures;
}
