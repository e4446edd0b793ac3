import { CONCURRENCY } from "./context.mjs";
import { PAGES } from "./replay/functions.mjs";

/**
 * One export through a portal in front of the replay server, and what the same data costs at least.
 *
 * @typedef {import("./context.mjs").Client} Client
 * @typedef {import("./context.mjs").Replay} Replay
 * @typedef {import("./portal.mjs").Portal} Portal
 * @typedef {import("./replay/record.mjs").RecordedRequest} RecordedRequest
 *
 * @typedef {object} MeasuredExport
 * @property {number} ms from the request to the last byte of the file
 * @property {number} startedAt
 * @property {number} firstByteAt
 * @property {number} endedAt
 * @property {number} bytes
 * @property {readonly RecordedRequest[]} requests what the portal asked Convex for
 */

let exportsSoFar = 0;

/** A name for a download that no other one has. */
export function newKey() {
  exportsSoFar += 1;
  return `export-${exportsSoFar}`;
}

/**
 * Downloads a full export and waits until the portal is done with it.
 *
 * @param {{ replay: Replay, portal: Portal, client: Client }} stack
 * @returns {Promise<MeasuredExport>}
 */
export async function measureExport({ replay, portal, client }) {
  await replay.worker.call("takeRecord", undefined);
  const { downloadUrl: url, cookie } = portal;
  const download = await client.call("download", { key: newKey(), url, cookie });
  await replay.worker.call("untilAnswered", { name: "exportRuns:finish", times: 1 });
  const requests = await replay.worker.call("takeRecord", undefined);
  const { startedAt, firstByteAt, endedAt, bytes } = download;
  return { ms: endedAt - startedAt, startedAt, firstByteAt, endedAt, bytes, requests };
}

/**
 * Waits for something that happens during a download.
 *
 * @template T
 * @param {Promise<unknown>} download
 * @param {Promise<T>} event
 * @throws {Error} when the download ends before, with its own reason where it failed
 */
export const during = (download, event) =>
  Promise.race([
    event,
    download.then(() => {
      throw new Error("A download was over before it could be watched");
    }),
  ]);

/** What the portal asked for to get its pages. */
export const pageBodies = (/** @type {readonly RecordedRequest[]} */ requests) =>
  requests.filter(({ name }) => name === PAGES).map(({ body }) => body);

/**
 * The floor of an export: its very pages, fetched as many at once with the bodies dropped, and
 * then a file of its size, sent by a plain server to the same client.
 *
 * @param {object} stack
 * @param {Replay} stack.replay
 * @param {Client} stack.pageClient does nothing but fetch pages
 * @param {Client} stack.client the one that the export was downloaded with
 * @param {string} stack.fileUrl
 * @param {MeasuredExport} measured
 * @returns {Promise<{ fetchMs: number, sendMs: number }>}
 */
export async function measureFloor({ replay, pageClient, client, fileUrl }, measured) {
  const { ms: fetchMs } = await pageClient.call("fetchPages", {
    url: replay.target.convexUrl,
    bodies: pageBodies(measured.requests),
    concurrency: CONCURRENCY,
  });
  const sent = await client.call("download", { key: newKey(), url: fileUrl });
  return { fetchMs, sendMs: sent.endedAt - sent.startedAt };
}
