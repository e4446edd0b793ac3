import bcrypt from "bcryptjs";
import pLimit from "p-limit";

/** Cost of SupportSignal's own hashes; a check takes the same time whether a user exists. */
const COST = 12;

const BCRYPT_HASH = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

/** Of a password that nobody knows. */
const decoy = bcrypt.hash(crypto.randomUUID(), COST);

/**
 * bcryptjs computes on the event loop, up to 100 ms at a stretch. Two at once are no faster, and
 * everybody else would wait for both stretches.
 */
const oneAtATime = pLimit(1);

/** Checks a password; without a usable hash it fails, after the same work. */
export async function checkPassword(
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> {
  const isUsable = passwordHash !== undefined && BCRYPT_HASH.test(passwordHash);
  const hash = isUsable ? passwordHash : await decoy;
  const matches = await oneAtATime(() => bcrypt.compare(password, hash));
  return matches && isUsable;
}
