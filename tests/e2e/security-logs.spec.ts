import { sendRaw } from "../support/http-server";
import { DOWNLOAD, EXPORT_PAGE, JSON_SCHEMA, RUNS } from "./support/addresses";
import { expect, test } from "./support/fixtures";
import { HTML } from "./support/http";
import type { HttpOptions } from "./support/http";

/** All that a line may have: pino's own fields, and those that the portal allows. */
const KNOWN_FIELDS = new Set([
  ...["level", "time", "pid", "hostname", "msg"],
  ...["requestId", "method", "route", "status", "durationMs", "isComplete", "userId"],
  ...["code", "detail", "cause", "frames", "origin"],
]);

/** What a client writes into a request, and what no line may repeat. */
const MARK = "mark-0f3b";

test("each request has one line, with its route and user and nothing that its client wrote", async ({
  http,
  portal,
  database,
  sessionOf,
}) => {
  const [admin, other] = [await sessionOf("system_admin"), await sessionOf("team_lead")];
  const adminId = await database.userId("system_admin@supportsignal.test");
  const otherId = await database.userId("team_lead@supportsignal.test");
  const form = new URLSearchParams({ email: `${MARK}@b.test`, password: MARK });
  const cases: [address: string, route: string, options: HttpOptions, userId?: string][] = [
    [`/?${MARK}`, "/", {}],
    [`/login?redirectTo=/${MARK}`, "/login", {}],
    ["/login", "/login", { method: "POST", body: form }],
    ["/login.data", "/login.data", { method: "POST", body: form }],
    ["/logout", "/logout", { method: "POST", session: admin }],
    [`/admin/tools?${MARK}`, "/admin/tools", { session: admin }, adminId],
    ["/admin/tools.data", "/admin/tools.data", { session: admin }, adminId],
    ["/admin", "/admin", { session: other }, otherId],
    [EXPORT_PAGE, EXPORT_PAGE, { session: admin }, adminId],
    [`${DOWNLOAD}?tables=companies`, DOWNLOAD, { session: admin }, adminId],
    [`${DOWNLOAD}?run=${MARK}`, DOWNLOAD, { session: admin }, adminId],
    [`${RUNS}/${MARK}`, `${RUNS}/:id`, { session: admin }, adminId],
    [`${RUNS}/${MARK}`, `${RUNS}/:id`, {}],
    [JSON_SCHEMA, JSON_SCHEMA, {}],
    [`/${MARK}`, "*", {}],
    [`/admin/${MARK}`, "*", { session: admin }],
    [`/assets/${MARK}.js`, "/assets/*", {}],
    [`/%zz${MARK}`, "*", {}],
    [`${RUNS}/${MARK}`, `${RUNS}/:id`, { method: "PUT" }],
  ];
  const firstLine = portal.logLines.length;
  for (const [address, route, options, userId] of cases) {
    for (const accept of [HTML, "*/*"]) {
      const answer = await http.send(address, {
        ...options,
        accept,
        headers: { "User-Agent": MARK, Referer: `http://${MARK}/`, "X-Mark": MARK },
      });
      const id = answer.headers.get("X-Request-Id");
      await portal.logLine(new RegExp(`${id}.*"msg":"request"`));
      const lines = portal.logLines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ requestId, msg }) => requestId === id && msg === "request");
      expect(lines, address).toHaveLength(1);
      expect(lines[0], address).toMatchObject({
        level: 30,
        method: options.method ?? "GET",
        route,
        status: answer.status,
        isComplete: true,
      });
      expect(lines[0]?.["durationMs"]).toBeGreaterThanOrEqual(0);
      expect(lines[0]?.["userId"], address).toBe(userId);
    }
  }
  const { port } = new URL(portal.origin);
  await sendRaw(Number(port), `GET /${MARK} HTTP/1.1\r\nX-${MARK}\r\n\r\n`);

  const lines = portal.logLines.slice(firstLine);
  expect(lines.join("\n")).not.toContain(MARK);
  for (const line of lines) {
    const unknown = Object.keys(JSON.parse(line) as object).filter((key) => !KNOWN_FIELDS.has(key));
    expect(unknown, line).toEqual([]);
  }
});
