import { GB, MB, withService } from "../context.mjs";
import { measureExport } from "../exports.mjs";
import { duration, milliseconds, size } from "../measures.mjs";
import { monotonicMs, pause } from "../clock.mjs";
import { startPortal } from "../portal.mjs";
import { percentile } from "../stats.mjs";

/**
 * How much longer other requests take while an export runs.
 *
 * @typedef {import("../context.mjs").Bench} Bench
 * @typedef {import("../context.mjs").Client} Client
 * @typedef {import("../measures.mjs").Measure} Measure
 */

/** Requests are sent at fixed rates: 50 and 10 in a second. */
const HEALTH_EVERY_MS = 20;
const PAGE_EVERY_MS = 100;

const WARM_UP_MS = 5_000;
const IDLE_MS = 30_000;
const QUICK_IDLE_MS = 5_000;
const EXPORTS = 6;

const PERCENT = 99;

/** @typedef {{ startedAt: number, endedAt: number }} Window */

/**
 * @param {Client} client
 * @param {{ url: string, cookie: string, everyMs: number }} probe
 * @param {Promise<Window[]>} meanwhile
 * @returns {Promise<number[]>} milliseconds of each request that was sent in one of the windows
 */
async function probeDuring(client, probe, meanwhile) {
  await client.call("startProbe", probe);
  const windows = await meanwhile;
  const samples = await client.call("stopProbe", probe.url);
  return samples
    .filter(({ sentAt: at }) => windows.some((open) => at >= open.startedAt && at <= open.endedAt))
    .map(({ ms }) => ms);
}

/** @returns {Promise<Window[]>} */
async function rest(/** @type {number} */ ms) {
  const startedAt = monotonicMs();
  await pause(ms);
  return [{ startedAt, endedAt: monotonicMs() }];
}

/**
 * @param {Bench} bench
 * @returns {Promise<Measure[]>}
 */
export async function measureResponsiveness(bench) {
  const replay = await bench.replay();
  const bytes = bench.isQuick ? 100 * MB : GB;
  const exportCount = bench.isQuick ? 1 : EXPORTS;
  bench.say(`Other requests during an export of ${size(bytes)} …`);
  await replay.configure({ bytes });

  const { idle, busy } = await withService(bench.startClient(), (downloader) =>
    withService(bench.startClient(), (prober) =>
      withService(startPortal(replay.target), async (portal) => {
        const { healthUrl, pageUrl, cookie } = portal;
        const probeBoth = async (/** @type {Promise<Window[]>} */ meanwhile) => {
          const [health, page] = await Promise.all([
            probeDuring(prober, { url: healthUrl, cookie, everyMs: HEALTH_EVERY_MS }, meanwhile),
            probeDuring(prober, { url: pageUrl, cookie, everyMs: PAGE_EVERY_MS }, meanwhile),
          ]);
          return { health, page };
        };
        const runExports = async () => {
          const windows = [];
          while (windows.length < exportCount) {
            windows.push(await measureExport({ replay, portal, client: downloader }));
          }
          return windows;
        };
        await probeBoth(rest(WARM_UP_MS));
        return {
          idle: await probeBoth(rest(bench.isQuick ? QUICK_IDLE_MS : IDLE_MS)),
          busy: await probeBoth(runExports()),
        };
      }),
    ),
  );

  const measure = (
    /** @type {"health" | "page"} */ name,
    /** @type {string} */ title,
    /** @type {number} */ atMostMs,
  ) => {
    const [before, during] = [percentile(idle[name], PERCENT), percentile(busy[name], PERCENT)];
    return milliseconds({
      id: `responsiveness.${name}`,
      title: `p99 of ${title} above idle, during exports of ${size(bytes)}`,
      ms: Math.max(0, during - before),
      atMostMs,
      detail:
        `${duration(during)} of ${busy[name].length} requests, ` +
        `idle ${duration(before)} of ${idle[name].length}`,
    });
  };
  return [measure("health", "`/healthz`", 50), measure("page", "the export page", 150)];
}
