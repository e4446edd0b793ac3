import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { expect, test } from "./support/fixtures";
import { HttpClient, problemOf } from "./support/http";
import type { HttpAnswer } from "./support/http";
import { startPortal } from "./support/portal";

/** What a sign-in is answered with, and nothing else; 202 is a redirect for Remix's own requests. */
const DESIGNED = [202, 302, 401, 429, 503];

test("200 sign-ins at once are each answered, and the portal stays alive and goes on after them", async ({
  stack,
  database,
}) => {
  const portal = await startPortal(stack.target, { TRUST_PROXY: "1" });
  const http = new HttpClient(portal.origin);
  const post = (email: string, password: string, address: string, multipart = false) => {
    const body = multipart ? new FormData() : new URLSearchParams();
    body.set("email", email);
    body.set("password", password);
    return http.send(multipart ? "/login.data" : "/login", {
      method: "POST",
      body,
      accept: "application/json",
      headers: { "X-Forwarded-For": address },
    });
  };
  try {
    const [attacked, honest] = [
      await database.addUser("system_admin"),
      await database.addUser("system_admin"),
    ];
    let isOver = false;
    const healthy = (async () => {
      const statuses: number[] = [];
      while (!isOver) statuses.push((await http.send("/healthz")).status);
      return statuses;
    })();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index): Promise<HttpAnswer> => {
        const address = `192.0.2.${index}`;
        return index % 4 === 0
          ? post(honest.email, DEMO_PASSWORD, address, index % 8 === 0)
          : post(attacked.email, randomUUID(), address, index % 3 === 0);
      }),
    );
    isOver = true;
    expect(new Set(await healthy)).toEqual(new Set([200]));

    const statuses = answers.map(({ status }) => status);
    for (const answer of answers) {
      if (answer.status !== 503) continue;
      expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
      if (answer.headers.get("Content-Type")?.startsWith("application/problem+json")) {
        expect(problemOf(answer).detail).toMatch(/^Many people are signing in/);
      }
    }
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(5);
    expect(statuses.filter((status) => !DESIGNED.includes(status))).toEqual([]);
    expect(statuses, "more than can wait").toContain(503);

    expect((await post(honest.email, DEMO_PASSWORD, "192.0.2.1")).status).toBe(302);
  } finally {
    await portal.stop();
  }
});

/** More than the next crowd needs; what 200 requests leave behind each time would be more (48 MiB). */
const GROWTH_BYTES = 48 * 1024 * 1024;

/** What a process holds in memory (proc(5), VmRSS). */
async function residentBytes(pid: number): Promise<number> {
  const [, kibibytes] =
    /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  if (kibibytes === undefined) throw new Error("The system does not tell what a process holds");
  return Number(kibibytes) * 1024;
}

test("one crowd after the other, of sign-ins and of bodies that are too large, leaves no more in memory", async ({
  stack,
}) => {
  test.setTimeout(180_000); // each password takes its time
  const portal = await startPortal(stack.target, { TRUST_PROXY: "1" });
  const http = new HttpClient(portal.origin);
  const large = "x".repeat(128 * 1024);
  let sender = 0;
  const crowd = async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        sender += 1;
        const headers = { "X-Forwarded-For": `198.51.${sender >> 8}.${sender & 255}` };
        const email = index % 2 === 0 ? large : `${randomUUID()}@supportsignal.test`;
        const body = new URLSearchParams({ email, password: randomUUID() });
        return http.send("/login", { method: "POST", body, headers, accept: "application/json" });
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 413, 503]));
  };
  try {
    await crowd(); // what is used for the first time stays
    const before = await residentBytes(portal.pid);
    for (let round = 0; round < 2; round += 1) await crowd();
    expect(await residentBytes(portal.pid)).toBeLessThan(before + GROWTH_BYTES);
  } finally {
    await portal.stop();
  }
});
