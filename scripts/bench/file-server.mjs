import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:http";
import { answerParent } from "./worker.mjs";

/** Sends a file as plainly as Node can: the least that sending the export can cost. */

const BLOCK_BYTES = 1024 * 1024;

let file = "";
let fileBytes = 0;

const server = createServer((_request, response) => {
  response.writeHead(200, { "Content-Length": fileBytes });
  createReadStream(file).pipe(response);
});

const commands = {
  /** @returns {Promise<string>} address of the file */
  async listen() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("There is no port");
    return `http://127.0.0.1:${address.port}/`;
  },

  /**
   * Writes the file that is sent from now on, unless it is there.
   *
   * @param {{ path: string, bytes: number }} asked
   */
  async prepare({ path, bytes }) {
    if (path === file && bytes === fileBytes) return;
    const block = randomBytes(BLOCK_BYTES);
    const handle = await open(path, "w");
    for (let left = bytes; left > 0; left -= BLOCK_BYTES) {
      await handle.write(block, 0, Math.min(left, BLOCK_BYTES));
    }
    // What is still to be written must not slow down what is measured next.
    await handle.sync();
    await handle.close();
    [file, fileBytes] = [path, bytes];
  },
};

/** @typedef {typeof commands} FileServerCommands */

answerParent(commands);
