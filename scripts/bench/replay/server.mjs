import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { monotonicMs, pause } from "../clock.mjs";
import { answerParent } from "../worker.mjs";
import { documentsFor, ReplayDatabase } from "./database.mjs";
import { answerFunction } from "./functions.mjs";
import { prepareLines, WIRE_LINE_BYTES } from "./lines.mjs";

/**
 * The replay server, a process of its own: Convex's HTTP API as far as the portal uses it, with
 * answers that cost next to nothing. What it cannot answer it says on standard error.
 *
 * @typedef {import("./record.mjs").RecordedRequest} RecordedRequest
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("node:http").ServerResponse} ServerResponse
 */

const NANOSECONDS_PER_MS = 1_000_000n;
const ROUTES = new Set(["/api/query", "/api/query_at_ts", "/api/query_ts", "/api/mutation"]);

/** @type {import("./functions.mjs").ReplayData | undefined} */
let data;
let latencyMs = 0;
/** @type {RecordedRequest[]} */
let record = [];
/** Tells that a request began or ended. */
const changes = new EventEmitter().setMaxListeners(0);

/** @returns {Promise<string>} */
async function readBody(/** @type {IncomingMessage} */ request) {
  let body = "";
  request.setEncoding("utf8");
  for await (const text of request) body += String(text);
  return body;
}

/**
 * @param {string} path of the request
 * @param {string} body
 * @returns {{ name: string, answer: () => Buffer[] | undefined }}
 */
function findAnswer(path, body) {
  if (path === "/api/query_ts") {
    const timestamp = Buffer.alloc(8);
    timestamp.writeBigUInt64LE(BigInt(Date.now()) * NANOSECONDS_PER_MS);
    const ts = timestamp.toString("base64");
    return { name: "query_ts", answer: () => [Buffer.from(JSON.stringify({ ts }))] };
  }
  const call = /** @type {{ path: string, args: unknown }} */ (JSON.parse(body));
  const answer = () => data && answerFunction(data, call.path, call.args);
  return { name: call.path, answer };
}

/**
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
async function respond(request, response) {
  const arrivedAt = monotonicMs();
  const body = await readBody(request);
  const path = request.url ?? "";
  if (request.method !== "POST" || !ROUTES.has(path)) {
    process.stderr.write(`The replay server has no ${request.method} ${path}\n`);
    response.writeHead(404).end();
    return;
  }
  const { name, answer } = findAnswer(path, body);
  /** @type {RecordedRequest} */
  const entry = { name, body, arrivedAt, isCut: false };
  record.push(entry);
  response.once("close", () => {
    entry.endedAt = monotonicMs();
    // Not `writableFinished`, nor "finish": they also come when what was queued is dropped.
    entry.isCut = request.socket.destroyed;
    changes.emit("change");
  });
  changes.emit("change");
  if (latencyMs > 0) await pause(latencyMs);
  if (!response.destroyed) send(response, name, answer());
}

/**
 * @param {ServerResponse} response
 * @param {string} name
 * @param {Buffer[] | undefined} pieces
 */
function send(response, name, pieces) {
  if (pieces === undefined) {
    process.stderr.write(`The replay server has no function ${name}\n`);
    const errorMessage = `Server Error\nCould not find public function for '${name}'.`;
    pieces = [Buffer.from(JSON.stringify({ status: "error", errorMessage }))];
  }
  const length = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": length });
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
}

const server = createServer((request, response) => {
  respond(request, response).catch((/** @type {unknown} */ error) => {
    process.stderr.write(`The replay server failed: ${String(error)}\n`);
    response.destroy();
  });
});

const commands = {
  /** @returns {Promise<string>} address of the server */
  async listen() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("There is no port");
    return `http://127.0.0.1:${address.port}`;
  },

  /**
   * Says what it answers from now on, and forgets what was recorded.
   *
   * @param {object} settings
   * @param {number} settings.bytes of all tables in the file
   * @param {number} settings.latencyMs added to each answer
   * @param {import("./functions.mjs").ReplaySchema} settings.schema
   * @param {import("./functions.mjs").ReplayAccount} settings.account
   */
  configure({ bytes, latencyMs: latency, schema, account }) {
    const documents = documentsFor(bytes);
    const prepared = data?.lines;
    const isEnough = prepared !== undefined && prepared.byteLength >= documents * WIRE_LINE_BYTES;
    const lines = isEnough ? prepared : prepareLines(documents);
    data = { schema, account, lines, database: new ReplayDatabase(schema.tables, documents) };
    latencyMs = latency;
    record = [];
  },

  /** What was asked since the last time. */
  takeRecord() {
    const taken = record;
    record = [];
    return taken;
  },

  /**
   * Waits until a function was called so often since the record was taken, and answered.
   *
   * @param {{ name: string, times: number }} expected
   */
  async untilAnswered({ name, times }) {
    const count = () =>
      record.filter((entry) => entry.name === name && entry.endedAt !== undefined).length;
    while (count() < times) await once(changes, "change");
  },

  /**
   * Waits until so many calls of a function are open at once.
   *
   * @param {{ name: string, count: number }} expected
   */
  async untilOpen({ name, count }) {
    while (openCalls(name) < count) await once(changes, "change");
  },

  /** Waits until no call of a function is open. */
  async untilNoneOpen(/** @type {string} */ name) {
    while (openCalls(name) > 0) await once(changes, "change");
  },
};

function openCalls(/** @type {string} */ name) {
  return record.filter((entry) => entry.name === name && entry.endedAt === undefined).length;
}

/** @typedef {typeof commands} ReplayCommands */

answerParent(commands);
