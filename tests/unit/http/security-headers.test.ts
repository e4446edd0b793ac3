import express from "express";
import { afterEach, describe, expect, test } from "vitest";
import { nonceOf, securityHeaders, type SecurityHeadersOptions } from "~/http/security-headers";
import { listen, type ListeningServer } from "../../support/http-server";

const DOWNLOAD = "/export/download";

const servers: ListeningServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** A server that answers with the nonce of the answer. */
async function start(options: Partial<SecurityHeadersOptions> = {}): Promise<string> {
  const app = express();
  app.use(
    securityHeaders({ isSecure: false, isDevelopment: false, framedPath: DOWNLOAD, ...options }),
  );
  app.use((_req, res) => res.send(nonceOf(res)));
  const server = await listen((req, res) => void app(req, res));
  servers.push(server);
  return server.url;
}

/** The directives of a policy by name. */
function readPolicy({ headers }: Response): Record<string, string[]> {
  const text = headers.get("Content-Security-Policy") ?? "";
  return Object.fromEntries(
    text.split(";").map((directive) => {
      const [name = "", ...sources] = directive.trim().split(/\s+/);
      return [name, sources];
    }),
  );
}

describe("the content security policy", () => {
  test("allows what the portal loads, and nothing else", async () => {
    const response = await fetch(`${await start()}/admin`);
    const nonce = await response.text();
    expect(readPolicy(response)).toEqual({
      "default-src": ["'none'"],
      "base-uri": ["'none'"],
      "object-src": ["'none'"],
      "connect-src": ["'self'"],
      "font-src": ["'self'"],
      "form-action": ["'self'"],
      "frame-ancestors": ["'none'"],
      "frame-src": ["'self'"],
      "img-src": ["'self'"],
      "script-src": ["'self'", `'nonce-${nonce}'`],
      "script-src-attr": ["'none'"],
      "style-src": ["'self'"],
      "worker-src": ["'self'"],
    });
  });

  test("has another nonce for every answer, of 128 bits", async () => {
    const url = await start();
    const nonces = await Promise.all(
      Array.from({ length: 20 }, async () => await (await fetch(url)).text()),
    );
    expect(new Set(nonces).size).toBe(nonces.length);
    for (const nonce of nonces) expect(Buffer.from(nonce, "base64")).toHaveLength(16);
  });

  test("raises what a page loads to https where the portal has it", async () => {
    const response = await fetch(await start({ isSecure: true }));
    expect(readPolicy(response)).toHaveProperty("upgrade-insecure-requests");
  });

  test("is looser for styles and sockets in development only, and never for scripts", async () => {
    const loose = readPolicy(await fetch(await start({ isDevelopment: true })));
    const strict = readPolicy(await fetch(await start()));
    const differing = Object.keys(loose).filter((name) => name !== "script-src");
    expect(differing.filter((name) => String(loose[name]) !== String(strict[name]))).toEqual([
      "connect-src",
      "style-src",
    ]);
    expect(loose["script-src"]).toEqual(["'self'", expect.stringMatching(/^'nonce-/)]);
  });
});

describe("a frame", () => {
  const framing = async (path: string, headers: Record<string, string>) => {
    const response = await fetch((await start()) + path, { headers });
    return [readPolicy(response)["frame-ancestors"], response.headers.get("X-Frame-Options")];
  };
  const OWN = { "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin" };

  test("of the portal's own page may hold the download", async () => {
    expect(await framing(`${DOWNLOAD}?run=1`, OWN)).toEqual([["'self'"], "SAMEORIGIN"]);
  });

  test.each<[string, string, Record<string, string>]>([
    ["another address", "/login", OWN],
    ["an address below it", `${DOWNLOAD}/more`, OWN],
    ["the download, for another site", DOWNLOAD, { ...OWN, "Sec-Fetch-Site": "cross-site" }],
    ["the download, for a sibling site", DOWNLOAD, { ...OWN, "Sec-Fetch-Site": "same-site" }],
    ["the download as a page", DOWNLOAD, { ...OWN, "Sec-Fetch-Dest": "document" }],
    ["the download as an object", DOWNLOAD, { ...OWN, "Sec-Fetch-Dest": "object" }],
    ["the download, for a browser that says nothing", DOWNLOAD, {}],
  ])("may not hold %s", async (_what, path, headers) => {
    expect(await framing(path, headers)).toEqual([["'none'"], "DENY"]);
  });
});

describe("every answer", () => {
  test("is kept from other origins, from caches and from guesses about its type", async () => {
    const { headers } = await fetch(await start());
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": "private, no-store",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    });
    for (const feature of ["camera", "geolocation", "microphone", "payment", "usb"]) {
      expect(headers.get("Permissions-Policy")).toContain(`${feature}=()`);
    }
  });

  test("asks for https for a year where the portal has it, and not without", async () => {
    const secure = await fetch(await start({ isSecure: true }));
    expect(secure.headers.get("Strict-Transport-Security")).toBe(
      "max-age=31536000; includeSubDomains",
    );
    const local = await fetch(await start());
    expect(local.headers.get("Strict-Transport-Security")).toBeNull();
  });
});
