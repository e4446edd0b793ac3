import bcrypt from "bcryptjs";
import { afterEach, expect, test, vi } from "vitest";
import { checkPassword } from "~/auth/password.server";
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from "~/embedded/demo-accounts";

const DEMO_HASH = DEMO_ACCOUNTS[0].passwordHash;
/** The lowest cost that bcrypt has, so that the tests are quick. */
const COST = 4;

afterEach(() => vi.restoreAllMocks());

test("the right password is accepted, also by a hash of SupportSignal's own", async () => {
  expect(await checkPassword("correct horse", await bcrypt.hash("correct horse", COST))).toBe(true);
  expect(await checkPassword(DEMO_PASSWORD, DEMO_HASH)).toBe(true);
});

test("the spellings 2a, 2b and 2y of one hash are the same", async () => {
  const hash = await bcrypt.hash("correct horse", COST);
  for (const version of ["2a", "2b", "2y"]) {
    expect(await checkPassword("correct horse", hash.replace(/^\$2\w/, `$${version}`))).toBe(true);
  }
});

test.each(["", "Correct horse", "correct horse ", " correct horse", "correct", "\u0000", "🐴"])(
  "the wrong password %j is refused",
  async (password) => {
    expect(await checkPassword(password, await bcrypt.hash("correct horse", COST))).toBe(false);
  },
);

test.each([
  ["no user", undefined],
  ["an empty hash", ""],
  ["the mark of users that came without a password", "!no-password"],
  ["a password in clear", "correct horse"],
  ["a hash that is cut off", DEMO_HASH.slice(0, -1)],
  ["a hash with something behind it", `${DEMO_HASH}x`],
  ["a hash of another kind", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"],
  ["a hash without a cost", DEMO_HASH.replace("$12$", "$1$")],
])("without a usable hash nothing is accepted and nothing throws: %s", async (_name, hash) => {
  expect(await checkPassword("correct horse", hash)).toBe(false);
  expect(await checkPassword(hash ?? "", hash)).toBe(false);
});

test("the work is the same for a right, a wrong, an unknown and a hash-less user", async () => {
  const hashed = bcrypt.hashSync("correct horse", 12);
  await checkPassword("warm-up", undefined);
  const compare = vi.spyOn(bcrypt, "compare");
  for (const [password, hash] of [
    ["correct horse", hashed],
    ["wrong", hashed],
    ["correct horse", undefined],
    ["correct horse", "!no-password"],
  ] as const) {
    compare.mockClear();
    await checkPassword(password, hash);
    // One comparison, and with a hash of SupportSignal's own cost.
    expect(compare.mock.calls).toEqual([
      [password, expect.stringMatching(/^\$2[aby]\$12\$.{53}$/)],
    ]);
  }
});

test("passwords are checked one at a time, as each check holds up all other requests", async () => {
  const hash = await bcrypt.hash("correct horse", COST);
  const compare = vi.spyOn(bcrypt, "compare");
  const checks = Array.from({ length: 8 }, () => checkPassword("correct horse", hash));
  expect(await Promise.race(checks)).toBe(true);
  expect(compare.mock.calls.length).toBeLessThanOrEqual(2);
  expect(await Promise.all(checks)).toEqual(Array<boolean>(8).fill(true));
});
