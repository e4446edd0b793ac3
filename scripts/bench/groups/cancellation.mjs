import { CONCURRENCY, GB, MB, withService } from "../context.mjs";
import { during, newKey } from "../exports.mjs";
import { milliseconds, size } from "../measures.mjs";
import { startPortal } from "../portal.mjs";
import { PAGES } from "../replay/functions.mjs";

/**
 * How soon a client that went away costs nothing any more.
 *
 * @typedef {import("../context.mjs").Bench} Bench
 * @typedef {import("../context.mjs").Replay} Replay
 * @typedef {import("../measures.mjs").Measure} Measure
 * @typedef {import("../exports.mjs").Portal} Portal
 * @typedef {import("../context.mjs").Client} Client
 */

const RUNS = 10;
/** The client has to leave while pages are open, and cannot know whether they still are. */
const ATTEMPTS_PER_RUN = 4;
const AT_MOST_MS = 50;

/** So long that requests for pages are open when the client goes. */
const OPEN_REQUEST_MS = 1000;
const READ_BEFORE_LEAVING_BYTES = MB;

/**
 * @param {{ replay: Replay, portal: Portal, client: Client }} stack
 * @param {number} pages requests that have to be open when the client goes
 * @returns {Promise<number | undefined>} milliseconds until the last of them was closed; nothing
 *   where all were answered before the client was gone
 */
async function leaveDuringCapture({ replay, portal, client }, pages) {
  await replay.worker.call("takeRecord", undefined);
  const key = newKey();
  const { downloadUrl: url, cookie } = portal;
  const download = client.call("download", { key, url, cookie });
  await during(download, replay.worker.call("untilOpen", { name: PAGES, count: pages }));
  const leftAt = await client.call("abandon", key);
  await download;
  await replay.worker.call("untilNoneOpen", PAGES);
  await replay.worker.call("untilAnswered", { name: "exportRuns:finish", times: 1 });
  const requests = await replay.worker.call("takeRecord", undefined);
  const cut = requests.filter(({ name, isCut }) => name === PAGES && isCut);
  return cut.length === 0
    ? undefined
    : Math.max(...cut.map(({ endedAt = leftAt }) => endedAt - leftAt));
}

/**
 * @param {{ portal: Portal, client: Client }} stack
 * @returns {Promise<number>} milliseconds until the portal has logged the end of the request
 */
async function leaveDuringDelivery({ portal, client }) {
  const key = newKey();
  const { downloadUrl: url, cookie } = portal;
  const logged = portal.nextLogLine(/\/export\/download.*"isComplete":false/);
  logged.catch(() => {}); // where the download fails, that is the error to show
  const download = client.call("download", { key, url, cookie, bytesPerSecond: MB });
  const bytes = READ_BEFORE_LEAVING_BYTES;
  await during(download, client.call("untilReceived", { key, bytes }));
  const leftAt = await client.call("abandon", key);
  await download;
  return (await logged) - leftAt;
}

/**
 * The longest of several times.
 *
 * @param {number} runs
 * @param {() => Promise<number | undefined>} measure
 * @throws {Error} when most runs had nothing to measure
 */
async function repeat(runs, measure) {
  const times = [];
  for (let run = 0; times.length < runs; run++) {
    if (run > runs * ATTEMPTS_PER_RUN) throw new Error("Nothing was open when the client left");
    const ms = await measure();
    if (ms !== undefined) times.push(ms);
  }
  return Math.max(...times);
}

/**
 * @param {Bench} bench
 * @returns {Promise<Measure[]>}
 */
export async function measureCancellation(bench) {
  const replay = await bench.replay();
  const bytes = bench.isQuick ? 100 * MB : GB;
  const runs = bench.isQuick ? 1 : RUNS;
  // An export of 100 MB has fewer pages of the usual size than may be read at once.
  const pages = bytes < GB ? CONCURRENCY / 2 : CONCURRENCY;
  bench.say("Clients that go away …");

  return await withService(bench.startClient(), (client) =>
    // What broke off is not held for a client that comes back: its end is what is measured.
    withService(startPortal(replay.target, { EXPORT_RESUME_SECONDS: "0" }), async (portal) => {
      const stack = { replay, portal, client };
      await replay.configure({ bytes, latencyMs: OPEN_REQUEST_MS });
      const waiting = await repeat(runs, () => leaveDuringCapture(stack, pages));
      await replay.configure({ bytes });
      const reading = await repeat(runs, () => leaveDuringCapture(stack, CONCURRENCY / 2));
      await replay.configure({ bytes: 100 * MB });
      const sending = await repeat(runs, () => leaveDuringDelivery(stack));
      const detail = runs === 1 ? "1 run" : `longest of ${runs} runs`;
      return [
        milliseconds({
          id: "cancellation.waiting",
          title: "Client gone while pages are waited for: requests closed",
          ms: waiting,
          atMostMs: AT_MOST_MS,
          detail: `${pages} open; ${detail}`,
        }),
        milliseconds({
          id: "cancellation.reading",
          title: `Client gone while pages of ${size(bytes)} arrive: requests closed`,
          ms: reading,
          atMostMs: AT_MOST_MS,
          detail,
        }),
        milliseconds({
          id: "cancellation.delivery",
          title: "Client gone while the file is sent: request over in the log",
          ms: sending,
          atMostMs: AT_MOST_MS,
          detail,
        }),
      ];
    }),
  );
}
