import { GB, MB, withService } from "../context.mjs";
import { during, measureExport, newKey } from "../exports.mjs";
import { megabytes, size } from "../measures.mjs";
import { forgetPeak, peakBytes, residentBytes } from "../memory.mjs";
import { pause } from "../clock.mjs";
import { startPortal } from "../portal.mjs";

/**
 * Most memory that a portal takes above what it has while idle. Each figure is of a new process.
 *
 * @typedef {import("../context.mjs").Bench} Bench
 * @typedef {import("../measures.mjs").Measure} Measure
 * @typedef {import("../exports.mjs").Portal} Portal
 */

/** A portal is idle so long after a sign-in and a look at the page. */
const SETTLE_MS = 3000;

const RUNS = 3;

const SLOW_BYTES_PER_SECOND = MB;
/** A client as slow as that takes 17 minutes for 1 GB; by then nothing changes any more. */
const SLOW_WATCHED_MS = 60_000;
const QUICK_SLOW_WATCHED_MS = 10_000;

const MANY_EXPORTS = 8;
const MANY_BYTES = 100 * MB;

/**
 * @param {Bench} bench
 * @param {number} bytes size of the export
 * @param {(portal: Portal, client: import("../context.mjs").Client) => Promise<void>} work
 * @returns {Promise<{ idle: number, above: number }>} bytes
 */
async function measurePeak(bench, bytes, work) {
  const replay = await bench.replay();
  await replay.configure({ bytes });
  return await withService(bench.startClient(), (client) =>
    withService(startPortal(replay.target), async (portal) => {
      const page = await fetch(portal.pageUrl, { headers: { Cookie: portal.cookie } });
      await page.text();
      await pause(SETTLE_MS);
      const idle = await residentBytes(portal.pid);
      await forgetPeak(portal.pid);
      await work(portal, client);
      return { idle, above: (await peakBytes(portal.pid)) - idle };
    }),
  );
}

/**
 * The worst of several runs.
 *
 * @param {number} runs
 * @param {() => Promise<{ idle: number, above: number }>} measure
 */
async function worstOf(runs, measure) {
  let worst = await measure();
  for (let run = 1; run < runs; run++) {
    const next = await measure();
    if (next.above > worst.above) worst = next;
  }
  return worst;
}

/**
 * @param {Bench} bench
 * @returns {Promise<Measure[]>}
 */
export async function measureMemory(bench) {
  const replay = await bench.replay();
  const bytes = bench.isQuick ? 100 * MB : GB;
  const runs = bench.isQuick ? 1 : RUNS;

  bench.say(`Memory, ${size(bytes)} to a fast client …`);
  const fast = await worstOf(runs, () =>
    measurePeak(bench, bytes, async (portal, client) => {
      await measureExport({ replay, portal, client });
    }),
  );

  const watchedMs = bench.isQuick ? QUICK_SLOW_WATCHED_MS : SLOW_WATCHED_MS;
  bench.say(`Memory, ${size(bytes)} to a client of 1 MB/s, for ${watchedMs / 1000} s …`);
  const slow = await measurePeak(bench, bytes, async ({ downloadUrl: url, cookie }, client) => {
    const key = newKey();
    const asked = { key, url, cookie, bytesPerSecond: SLOW_BYTES_PER_SECOND };
    const download = client.call("download", asked);
    await during(download, client.call("untilReceived", { key, bytes: 1 }));
    await during(download, pause(watchedMs));
    await client.call("abandon", key);
    await download;
  });

  bench.say(`Memory, ${size(bytes)} that is no snapshot …`);
  const rolling = await worstOf(runs, () =>
    measurePeak(bench, bytes, async ({ downloadUrl, cookie }, client) => {
      const url = `${downloadUrl}?consistency=rolling`;
      await client.call("download", { key: newKey(), url, cookie });
    }),
  );

  bench.say(`Memory, ${MANY_EXPORTS} exports of ${size(MANY_BYTES)} at once …`);
  const many = await worstOf(runs, () =>
    measurePeak(bench, MANY_BYTES, async ({ downloadUrl: url, cookie }, client) => {
      const downloads = Array.from({ length: MANY_EXPORTS }, () =>
        client.call("download", { key: newKey(), url, cookie }),
      );
      await Promise.all(downloads);
    }),
  );

  const describe = (/** @type {{ idle: number }} */ { idle }, /** @type {string} */ how) =>
    `above ${size(idle)} idle; ${how}`;
  const worst = runs === 1 ? "1 run" : `worst of ${runs} runs`;
  return [
    megabytes({
      id: "memory.fast",
      title: `Memory above idle, ${size(bytes)} to a fast client`,
      bytes: fast.above,
      atMostMB: 192,
      detail: describe(fast, worst),
    }),
    megabytes({
      id: "memory.slow",
      title: `Memory above idle, ${size(bytes)} to a client of 1 MB/s`,
      bytes: slow.above,
      atMostMB: 192,
      detail: describe(slow, `until ${watchedMs / 1000} s after the first byte`),
    }),
    megabytes({
      id: "memory.rolling",
      title: `Memory above idle, ${size(bytes)} with consistency=rolling, to a fast client`,
      bytes: rolling.above,
      atMostMB: 256,
      detail: describe(rolling, worst),
    }),
    megabytes({
      id: "memory.many",
      title: `Memory above idle, ${MANY_EXPORTS} exports of ${size(MANY_BYTES)} at once`,
      bytes: many.above,
      atMostMB: 384,
      detail: describe(many, worst),
    }),
  ];
}
