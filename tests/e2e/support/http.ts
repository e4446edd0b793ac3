import type { Session } from "./session";

/** What a browser says that it accepts. */
export const HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

export interface HttpOptions {
  method?: string;
  session?: Session;
  /** Value of `Accept`; a program's "anything" where absent. */
  accept?: string;
  headers?: Record<string, string>;
  body?: string | URLSearchParams | FormData;
}

/** An answer that was read to its end. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  bytes: Buffer;
  text: string;
}

/** A plain HTTP client that follows no redirect, and keeps every body for the search of secrets. */
export class HttpClient {
  readonly bodies: string[] = [];

  constructor(readonly origin: string) {}

  async send(path: string, options: HttpOptions = {}): Promise<HttpAnswer> {
    const { method = "GET", session, accept = "*/*", headers, body } = options;
    const response = await fetch(this.origin + path, {
      method,
      redirect: "manual",
      headers: {
        Accept: accept,
        "Accept-Encoding": "identity", // `fetch` would decode, and hide what was sent
        ...(session === undefined ? {} : { Cookie: session.cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString("utf8");
    this.bodies.push(text);
    return { status: response.status, headers: response.headers, bytes, text };
  }
}

/** Problem details (RFC 9457) of an answer. @throws Error when it is something else. */
export function problemOf({ headers, text }: HttpAnswer): {
  status: number;
  title: string;
  detail: string;
  requestId: string;
  problems?: { parameter: string; message: string }[];
} {
  const type = headers.get("Content-Type");
  if (!type?.startsWith("application/problem+json")) {
    throw new Error(`Not problem details but ${type}: ${text.slice(0, 200)}`);
  }
  return JSON.parse(text) as ReturnType<typeof problemOf>;
}
