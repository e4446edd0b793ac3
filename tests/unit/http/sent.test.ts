import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { whenSent } from "~/http/sent";
import { listen, type ListeningServer } from "../../support/http-server";

/** More than the system takes for a client that does not read. */
const LARGE = Buffer.alloc(64 * 1024 * 1024, "x");

const servers: ListeningServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** Asks a server that answers like this. `sent` is what it makes of its response. */
async function ask(answer: (res: ServerResponse) => void, headers = "") {
  let settle: (sent: boolean) => void;
  const sent = new Promise<boolean>((resolve) => (settle = resolve));
  const server = await listen((_req, res) => {
    void whenSent(res).then(settle);
    answer(res);
  });
  servers.push(server);
  const client = connect(server.port, "127.0.0.1");
  client.on("error", () => undefined);
  client.write(`GET / HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
  return { client, sent };
}

describe("a response is sent", () => {
  test.each([
    ["on a connection that is kept", ""],
    ["on one that is closed", "Connection: close\r\n"],
  ])("when the client has read all of it, %s", async (_how, headers) => {
    const { client, sent } = await ask((res) => res.end(LARGE), headers);
    client.resume();
    expect(await sent).toBe(true);
  });

  test("when it is empty", async () => {
    const { client, sent } = await ask((res) => res.writeHead(204).end());
    client.resume();
    expect(await sent).toBe(true);
  });

  test("when it was written in pieces", async () => {
    const { client, sent } = await ask((res) => {
      res.write("first");
      setImmediate(() => res.end("last"));
    });
    client.resume();
    expect(await sent).toBe(true);
  });
});

describe("a response is not sent", () => {
  const departures: [how: string, leave: (client: Socket) => void][] = [
    ["resets the connection", (client) => void client.resetAndDestroy()],
    ["closes it", (client) => void client.destroy()],
    ["ends and then closes it", (client) => void client.destroySoon()],
  ];

  test.each(departures)("when its client %s with bytes queued", async (_how, leave) => {
    const { client, sent } = await ask((res) => res.end(LARGE));
    await once(client, "data");
    client.pause();
    leave(client);
    expect(await sent).toBe(false);
  });

  test.each(departures)("when its client %s before there is an answer", async (_how, leave) => {
    let answered: (res: ServerResponse) => void;
    const begun = new Promise<ServerResponse>((resolve) => (answered = resolve));
    const { client, sent } = await ask((res) => answered(res));
    const res = await begun;
    leave(client);
    await once(res, "close");
    res.end("too late");
    expect(await sent).toBe(false);
  });

  test("when the server breaks it off", async () => {
    const { client, sent } = await ask((res) => {
      res.write("first");
      res.destroy();
    });
    client.resume();
    expect(await sent).toBe(false);
  });
});
