import path from "node:path";
import { GB, MB, withService } from "../context.mjs";
import { measureExport, measureFloor, pageBodies } from "../exports.mjs";
import { duration, ratio, size } from "../measures.mjs";
import { startPortal } from "../portal.mjs";
import { PAGES } from "../replay/functions.mjs";
import { countSequential } from "../replay/record.mjs";
import { median, medianRatio } from "../stats.mjs";

/**
 * How long an export takes, against the least that the same data can take on this machine.
 *
 * @typedef {import("../context.mjs").Bench} Bench
 * @typedef {import("../measures.mjs").Measure} Measure
 *
 * @typedef {object} Pair one export and the floor measured right after it
 * @property {number} exportMs
 * @property {number} fetchMs
 * @property {number} sendMs
 * @property {number} sequential requests that the export had to make one after the other, beside its pages
 * @property {number} pages
 */

const SIZES = [
  { bytes: 10 * MB, atMost: 1.5, runs: 15 },
  { bytes: 100 * MB, atMost: 1.4, runs: 9 },
  { bytes: GB, atMost: 1.4, runs: 5 },
];

/**
 * Untimed runs of the same size before the others, so that both sides are compiled and what memory they
 * take is mapped: a virtual machine gives back what was free for a while, and gets it anew page by page.
 */
const WARM_UP_RUNS = 2;

const LATENCY_MS = 50;
const LATENCY_BYTES = 100 * MB;
const LATENCY_RUNS = 15;

/**
 * @param {Bench} bench
 * @param {{ bytes: number, runs: number, latencyMs?: number }} asked
 * @returns {Promise<Pair[]>}
 */
async function measurePairs(bench, { bytes, runs, latencyMs = 0 }) {
  const replay = await bench.replay();
  const timedRuns = bench.isQuick ? 1 : runs;
  return await withService(bench.startClient(), (client) =>
    withService(bench.startClient(), (pageClient) =>
      withService(bench.startFileServer(), (fileServer) =>
        withService(startPortal(replay.target), async (portal) => {
          const fileUrl = await fileServer.call("listen", undefined);
          const stack = { replay, portal, client, pageClient, fileUrl };
          const file = path.join(bench.directory, "floor");
          const runPair = async () => {
            const measured = await measureExport(stack);
            await fileServer.call("prepare", { path: file, bytes: measured.bytes });
            const { fetchMs, sendMs } = await measureFloor(stack, measured);
            const { ms: exportMs, requests, firstByteAt } = measured;
            // What is asked for while the file is sent, such as the end of the audit row, keeps nobody waiting.
            const sequential = countSequential(requests, PAGES, firstByteAt);
            return { exportMs, fetchMs, sendMs, sequential, pages: pageBodies(requests).length };
          };
          await replay.configure({ bytes, latencyMs });
          for (let run = 0; run < WARM_UP_RUNS; run++) await runPair();
          /** @type {Pair[]} */
          const pairs = [];
          while (pairs.length < timedRuns) pairs.push(await runPair());
          return pairs;
        }),
      ),
    ),
  );
}

/** @param {readonly Pair[]} pairs */
function describe(pairs) {
  const middle = (/** @type {(pair: Pair) => number} */ pick) => median(pairs.map(pick));
  const took = duration(middle((pair) => pair.exportMs));
  const fetching = duration(middle((pair) => pair.fetchMs));
  const sending = duration(middle((pair) => pair.sendMs));
  const pages = middle((pair) => pair.pages);
  return `${took}; fetching ${fetching} (${pages} pages), sending ${sending}; ${runs(pairs)}`;
}

const runs = (/** @type {readonly unknown[]} */ pairs) =>
  pairs.length === 1 ? "1 pair" : `${pairs.length} pairs`;

/**
 * Export time over floor for each size, and how it grows with the size.
 *
 * @param {Bench} bench
 * @returns {Promise<Measure[]>}
 */
export async function measureSpeed(bench) {
  /** @type {Measure[]} */
  const measures = [];
  /** @type {Map<number, number>} seconds per GB by size */
  const costs = new Map();
  for (const { bytes, atMost, runs: wanted } of SIZES) {
    if (bench.isQuick && bytes > 100 * MB) continue;
    bench.say(`Export and floor, ${size(bytes)} …`);
    const pairs = await measurePairs(bench, { bytes, runs: wanted });
    const ratios = pairs.map(({ exportMs, fetchMs, sendMs }) => ({
      measured: exportMs,
      reference: fetchMs + sendMs,
    }));
    costs.set(bytes, median(pairs.map(({ exportMs }) => exportMs / 1000)) / (bytes / GB));
    measures.push(
      ratio({
        id: `speed.${bytes / MB}MB`,
        title: `Export time over floor, ${size(bytes)}`,
        value: medianRatio(ratios),
        atMost,
        detail: describe(pairs),
      }),
    );
  }
  const [small, large] = [costs.get(100 * MB), costs.get(GB)];
  if (small !== undefined && large !== undefined) {
    measures.push(
      ratio({
        id: "speed.growth",
        title: "Time per GB, 1 GB over 100 MB",
        value: large / small,
        atMost: 1.1,
        detail: `${large.toFixed(2)} s/GB at 1 GB, ${small.toFixed(2)} s/GB at 100 MB`,
      }),
    );
  }
  return measures;
}

/**
 * Export time over what is ideal where each answer takes 50 ms longer: the floor at that latency
 * and the latency of each request that has to wait for another one.
 *
 * @param {Bench} bench
 * @returns {Promise<Measure[]>}
 */
export async function measureLatency(bench) {
  bench.say(`Export and ideal, ${size(LATENCY_BYTES)} at ${LATENCY_MS} ms latency …`);
  const pairs = await measurePairs(bench, {
    bytes: LATENCY_BYTES,
    runs: LATENCY_RUNS,
    latencyMs: LATENCY_MS,
  });
  const ratios = pairs.map(({ exportMs, fetchMs, sendMs, sequential }) => ({
    measured: exportMs,
    reference: fetchMs + sendMs + sequential * LATENCY_MS,
  }));
  const sequential = median(pairs.map((pair) => pair.sequential));
  return [
    ratio({
      id: "latency.100MB",
      title: `Export time over ideal, ${size(LATENCY_BYTES)} at ${LATENCY_MS} ms latency`,
      value: medianRatio(ratios),
      atMost: 1.25,
      detail: `${describe(pairs)}; ${sequential} requests one after the other`,
    }),
  ];
}
