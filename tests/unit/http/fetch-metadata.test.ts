import { describe, expect, test } from "vitest";
import { refuseForeignStart } from "~/http/fetch-metadata.server";
import type { RequestContext } from "~/http/load-context";

function refusal(headers: Record<string, string>): Response | undefined {
  const request = new Request("http://portal.test/download", { headers });
  try {
    refuseForeignStart(request, { requestId: "request-1" } as RequestContext);
    return undefined;
  } catch (error) {
    if (error instanceof Response) return error;
    throw error;
  }
}

describe("a download starts", () => {
  test.each<[string, Record<string, string>]>([
    ["a program or an older browser", {}],
    ["a bookmark or a typed address", { "Sec-Fetch-Site": "none" }],
    ["a page of the portal", { "Sec-Fetch-Site": "same-origin" }],
    ["a click that the browser says nothing else about", { "Sec-Purpose": "" }],
  ])("for %s", (_who, headers) => {
    expect(refusal(headers)).toBeUndefined();
  });
});

describe("a download is refused", () => {
  test.each<[string, Record<string, string>]>([
    ["another site", { "Sec-Fetch-Site": "cross-site" }],
    ["a sibling site", { "Sec-Fetch-Site": "same-site" }],
    ["a prefetch", { "Sec-Purpose": "prefetch" }],
    ["a prerender", { "Sec-Purpose": "prefetch;prerender" }],
    ["an anonymous prefetch", { "Sec-Purpose": "prefetch;anonymous-client-ip" }],
    ["an older prefetch", { Purpose: "prefetch" }],
    ["a prefetch of Firefox", { "X-Moz": "prefetch" }],
    ["a preview of Safari", { "X-Purpose": "preview" }],
    [
      "a prefetch by the portal's own page",
      { "Sec-Fetch-Site": "same-origin", Purpose: "Prefetch" },
    ],
  ])("for %s", async (_who, headers) => {
    const response = refusal(headers);
    expect(response?.status).toBe(403);
    expect(response?.headers.get("Cache-Control")).toBe("private, no-store");
    expect(await response?.json()).toMatchObject({ status: 403, requestId: "request-1" });
  });
});
