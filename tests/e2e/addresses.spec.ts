import { DOWNLOAD, EXPORT_PAGE, JSON_SCHEMA, RUNS } from "./support/addresses";
import { expect, test } from "./support/fixtures";
import { HTML, problemOf } from "./support/http";
import { signInAt } from "./support/session";

const READ_ONLY_PAGES = ["/admin", "/admin/tools", EXPORT_PAGE];
const READ_ONLY_RESOURCES = [
  DOWNLOAD,
  `${RUNS}/${crypto.randomUUID()}`,
  "/healthz",
  "/readyz",
  JSON_SCHEMA,
];

test("an address that is only read refuses other methods with 405", async ({
  http,
  convexProxy,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  convexProxy.reset();
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    for (const address of [...READ_ONLY_PAGES, ...READ_ONLY_RESOURCES]) {
      const answer = await http.send(address, { method, session, body: "" });
      expect(answer.status, `${method} ${address}`).toBe(405);
      expect(problemOf(answer)).toMatchObject({ status: 405 });
      if (READ_ONLY_RESOURCES.includes(address)) {
        expect(answer.headers.get("Allow"), address).toContain("GET");
      }
    }
  }
  expect(convexProxy.calls.filter(({ route }) => route === "mutation")).toEqual([]);
});

test("signing in and out take no other method than POST", async ({ http, portal, database }) => {
  const session = await signInAt(portal.origin, "system_admin@supportsignal.test");
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    for (const address of ["/login", "/logout", "/logout.data"]) {
      const answer = await http.send(address, { method, session, body: "" });
      expect(answer.status, `${method} ${address}`).toBe(405);
    }
  }
  expect(await database.session(session.tokenHash)).not.toBeNull();
});

test("an unknown address is 404, as a page or as problem details", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  for (const address of ["/nowhere", "/admin/nowhere", `${EXPORT_PAGE}/nowhere`]) {
    for (const options of [{ session }, {}]) {
      const program = await http.send(address, options);
      expect(problemOf(program)).toMatchObject({ status: 404 });
      const page = await http.send(address, { ...options, accept: HTML });
      expect(page.status, address).toBe(404);
      expect(page.text).toContain("<title>");
    }
  }
});

test("a body that is too large or of unknown length is refused before it is read", async ({
  http,
  portal,
}) => {
  const body = new URLSearchParams({ email: "a@b.test", password: "x".repeat(70_000) });
  const large = await http.send("/login", { method: "POST", body });
  expect(problemOf(large)).toMatchObject({ status: 413, title: "Body too large" });

  const chunked = await fetch(`${portal.origin}/login`, {
    method: "POST",
    body: new Blob([body.toString()]).stream(),
    duplex: "half",
  });
  expect(chunked.status).toBe(411);
});

test("every answer has an id, and none tells what it was made with", async ({
  http,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const ids = new Set<string>();
  const addresses = ["/", "/login", "/admin", EXPORT_PAGE, "/nowhere", "/healthz", JSON_SCHEMA];
  for (const address of addresses) {
    const { headers } = await http.send(address, { session, accept: HTML });
    ids.add(headers.get("X-Request-Id")!);
    expect(headers.get("X-Powered-By"), address).toBeNull();
    expect(headers.get("X-Content-Type-Options"), address).toBe("nosniff");
    expect(headers.get("X-Frame-Options"), address).toBe("DENY");
    expect(headers.get("Referrer-Policy"), address).toBe("same-origin");
  }
  expect(ids.size).toBe(addresses.length);
});

test("pages of the administration are kept out of caches", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  expect((await http.send("/login")).headers.get("Cache-Control")).toBe("private, no-store");
  for (const address of ["/admin", "/admin/tools", EXPORT_PAGE, `${EXPORT_PAGE}.data`]) {
    const { headers } = await http.send(address, { session, accept: HTML });
    expect(headers.get("Cache-Control"), address).toBe("private, no-store");
  }
});

test("the published JSON Schema is open to everyone and names itself", async ({ http, portal }) => {
  const answer = await http.send(JSON_SCHEMA);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("Content-Type")).toContain("application/schema+json");
  expect(JSON.parse(answer.text)).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: portal.origin + JSON_SCHEMA,
  });
});
