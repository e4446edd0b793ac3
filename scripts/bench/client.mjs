import { EventEmitter, once } from "node:events";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import http from "node:http";
import { pipeline } from "node:stream/promises";
import { request } from "undici";
import { monotonicMs } from "./clock.mjs";
import { answerParent } from "./worker.mjs";

/** The clients of the benchmarks, a process of their own. They do as little as a client can. */

/** Characters of an unexpected answer that are shown. */
const SHOWN_CHARACTERS = 500;

/** So much waits for the disk and goes to it at once, as other clients leave that to the system. */
const FILE_BUFFER_BYTES = 8 * 1024 * 1024;

/**
 * One download. Times are of the clock that all processes share.
 *
 * @typedef {object} Download
 * @property {number} startedAt
 * @property {number} firstByteAt
 * @property {number} endedAt
 * @property {number} bytes
 * @property {boolean} isComplete
 *
 * @typedef {object} Transfer a download that is under way
 * @property {http.ClientRequest} request
 * @property {number} bytes
 * @property {EventEmitter} progress
 * @property {number | undefined} abandonedAt
 */

/** @type {Map<string, Transfer>} by the key that the parent gave */
const transfers = new Map();

/**
 * @param {object} asked
 * @param {string} asked.key
 * @param {string} asked.url
 * @param {string} [asked.cookie]
 * @param {number} [asked.bytesPerSecond] reads no faster than this
 * @param {string} [asked.saveTo] a file; the bytes are dropped without it
 * @returns {Promise<Download>}
 */
async function download({ key, url, cookie, bytesPerSecond, saveTo }) {
  const startedAt = monotonicMs();
  const request = http.get(url, { agent: false, headers: cookie ? { Cookie: cookie } : {} });
  /** @type {Transfer} */
  const transfer = { request, bytes: 0, progress: new EventEmitter(), abandonedAt: undefined };
  transfers.set(key, transfer);
  let firstByteAt = NaN;
  try {
    const [response] = /** @type {[http.IncomingMessage]} */ (await once(request, "response"));
    firstByteAt = monotonicMs();
    if (response.statusCode !== 200) throw await unexpected(url, response);
    response.on("data", (/** @type {Buffer} */ bytes) => {
      transfer.bytes += bytes.byteLength;
      transfer.progress.emit("data");
      if (bytesPerSecond === undefined) return;
      const dueAt = firstByteAt + (transfer.bytes / bytesPerSecond) * 1000;
      const waitMs = dueAt - monotonicMs();
      if (waitMs <= 0) return;
      response.pause();
      setTimeout(() => response.resume(), waitMs);
    });
    if (saveTo === undefined) await once(response, "end");
    else await pipeline(response, createWriteStream(saveTo, { highWaterMark: FILE_BUFFER_BYTES }));
    const length = Number(response.headers["content-length"]);
    if (transfer.bytes !== length) throw new Error(`${url}: ${transfer.bytes} of ${length} bytes`);
  } catch (error) {
    if (transfer.abandonedAt === undefined) throw error;
  } finally {
    transfers.delete(key);
    transfer.progress.emit("data");
  }
  const { bytes, abandonedAt } = transfer;
  const isComplete = abandonedAt === undefined;
  return { startedAt, firstByteAt, endedAt: abandonedAt ?? monotonicMs(), bytes, isComplete };
}

/**
 * @param {string} url
 * @param {http.IncomingMessage} response
 */
async function unexpected(url, response) {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += String(chunk);
  const shown = text.slice(0, SHOWN_CHARACTERS);
  return new Error(`${url} was answered with ${response.statusCode}: ${shown}`);
}

/** @returns {Transfer} */
function transferOf(/** @type {string} */ key) {
  const transfer = transfers.get(key);
  if (transfer === undefined) throw new Error(`No download ${key} is under way`);
  return transfer;
}

/**
 * Requests that are sent at a fixed rate, whether earlier ones were answered or not.
 *
 * @typedef {{ sentAt: number, ms: number }} Sample
 */

/** @type {Map<string, { samples: Sample[], stop: () => Promise<void> }>} by address */
const probes = new Map();

const probeAgent = new http.Agent({ keepAlive: true });

/**
 * @param {string} url
 * @param {string} cookie
 * @returns {Promise<number>} milliseconds to the end of the answer
 */
async function probeOnce(url, cookie) {
  const sentAt = monotonicMs();
  const request = http.get(url, {
    agent: probeAgent,
    headers: { Cookie: cookie, Accept: "text/html,*/*;q=0.8" },
  });
  const [response] = /** @type {[http.IncomingMessage]} */ (await once(request, "response"));
  if (response.statusCode !== 200) throw await unexpected(url, response);
  response.resume();
  await once(response, "end");
  return monotonicMs() - sentAt;
}

const commands = {
  download,

  /** Closes the connection of a download that is under way. @returns {number} when that was */
  abandon(/** @type {string} */ key) {
    const transfer = transferOf(key);
    transfer.abandonedAt = monotonicMs();
    transfer.request.destroy();
    return transfer.abandonedAt;
  },

  /**
   * Waits until a download has come so far; fails where it ends before.
   *
   * @param {{ key: string, bytes: number }} expected
   */
  async untilReceived({ key, bytes }) {
    while (transferOf(key).bytes < bytes) await once(transferOf(key).progress, "data");
  },

  /**
   * Sends the same requests as an export sent for its pages, as many at once, and drops the
   * bodies: the least that fetching the data can cost. Connections are kept, as the portal does.
   *
   * @param {{ url: string, bodies: readonly string[], concurrency: number }} asked
   * @returns {Promise<{ ms: number, bytes: number }>}
   */
  async fetchPages({ url, bodies, concurrency }) {
    const left = bodies.values();
    let bytes = 0;
    const fetchOneByOne = async () => {
      for (const sent of left) {
        const { statusCode, body } = await request(`${url}/api/query_at_ts`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: sent,
        });
        if (statusCode !== 200) throw new Error(`A page was answered with ${statusCode}`);
        body.on("data", (/** @type {Buffer} */ chunk) => (bytes += chunk.byteLength));
        await once(body, "end");
      }
    };
    const startedAt = monotonicMs();
    await Promise.all(Array.from({ length: concurrency }, fetchOneByOne));
    return { ms: monotonicMs() - startedAt, bytes };
  },

  /**
   * Asks an address again and again, at a fixed rate, until told to stop.
   *
   * @param {{ url: string, cookie: string, everyMs: number }} asked
   */
  startProbe({ url, cookie, everyMs }) {
    /** @type {Sample[]} */
    const samples = [];
    /** @type {Set<Promise<void>>} */
    const open = new Set();
    /** @type {Error | undefined} */
    let failure;
    const timer = setInterval(() => {
      const sentAt = monotonicMs();
      const probe = probeOnce(url, cookie).then(
        (ms) => void samples.push({ sentAt, ms }),
        (/** @type {Error} */ error) => void (failure ??= error),
      );
      open.add(probe);
      void probe.then(() => open.delete(probe));
    }, everyMs);
    probes.set(url, {
      samples,
      stop: async () => {
        clearInterval(timer);
        await Promise.all(open);
        if (failure !== undefined) throw failure;
      },
    });
  },

  /** @returns {Promise<Sample[]>} what was measured, in the order of the answers */
  async stopProbe(/** @type {string} */ url) {
    const probe = probes.get(url);
    probes.delete(url);
    await probe?.stop();
    return probe?.samples ?? [];
  },

  /**
   * The peer: one query that returns everything, pretty-printed into a file by its client.
   *
   * @param {{ url: string, adminKey: string, path: string, saveTo: string }} asked
   * @returns {Promise<{ ms: number } | { failure: string }>}
   */
  async singleQuery({ url, adminKey, path, saveTo }) {
    const startedAt = monotonicMs();
    const response = await fetch(`${url}/api/query`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${adminKey}` },
      body: JSON.stringify({ path, args: {}, format: "convex_encoded_json" }),
    });
    const answer = /** @type {{ status: string, value: unknown, errorMessage?: string }} */ (
      await response.json()
    );
    if (answer.status !== "success") {
      return { failure: answer.errorMessage ?? `status ${response.status}` };
    }
    await writeFile(saveTo, JSON.stringify(answer.value, null, 2));
    return { ms: monotonicMs() - startedAt };
  },
};

/** @typedef {typeof commands} ClientCommands */

answerParent(commands);
