import { get } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { once } from "node:events";
import type { Session } from "./session";

/** A download whose client decides when it reads. */
export interface SlowDownload {
  status: number;
  headers: IncomingMessage["headers"];
  /** Reads at least so many bytes, and stops reading then. */
  take(bytes: number): Promise<Buffer>;
  /** Reads all that is left. @throws Error when the connection ends before its length. */
  finish(): Promise<Buffer>;
  /** Closes the connection, as a browser does when its user cancels. */
  abandon(): void;
}

/** A request that has been sent; its answer may take long. */
export function startDownload(
  url: string,
  { cookie }: Session,
  options: { headers?: Record<string, string>; signal?: AbortSignal } = {},
) {
  const headers = { Cookie: cookie, ...options.headers };
  // A connection of its own, which no later request uses.
  const request: ClientRequest = get(url, { ...options, agent: false, headers });
  const answered = once(request, "response").then(([response]) =>
    describe(response as IncomingMessage),
  );
  // A test that abandons the request does not wait for its answer.
  answered.catch(() => undefined);
  return { answered, abandon: () => void request.destroy() };
}

/** Reads nothing of the body until asked to. */
function describe(response: IncomingMessage): SlowDownload {
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    take: async (bytes) => {
      const chunks: Buffer[] = [];
      let taken = 0;
      for await (const piece of response.iterator({ destroyOnReturn: false })) {
        const chunk = piece as Buffer;
        chunks.push(chunk);
        taken += chunk.byteLength;
        if (taken >= bytes) break;
      }
      return Buffer.concat(chunks);
    },
    finish: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
      if (!response.complete) throw new Error("The connection ended before the file");
      return Buffer.concat(chunks);
    },
    abandon: () => void response.destroy(),
  };
}
