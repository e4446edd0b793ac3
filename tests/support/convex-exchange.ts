import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

/** An answer of Convex, as a proxy in front of it has it. */
export interface ConvexAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const agent = new Agent({ keepAlive: true });

/** Asks Convex what a client asked a proxy. */
export async function passOn(
  target: URL,
  req: IncomingMessage,
  body: Buffer,
): Promise<ConvexAnswer> {
  const onward = httpRequest(new URL(req.url ?? "/", target), {
    agent,
    method: req.method,
    headers: { ...req.headers, host: target.host },
  });
  onward.end(body);
  const [reply] = (await once(onward, "response")) as [IncomingMessage];
  return { status: reply.statusCode ?? 502, headers: reply.headers, body: await readAll(reply) };
}

/** Sends an answer as it is, with the length of its body. */
export function sendAnswer(res: ServerResponse, { status, headers, body }: ConvexAnswer): void {
  res.writeHead(status, { ...headers, "content-length": body.byteLength }).end(body);
}

export async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
