import bcrypt from "bcryptjs";

/** Cost of SupportSignal's own hashes; a check takes the same time whether a user exists. */
const COST = 12;

const BCRYPT_HASH = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

/** Of a password that nobody knows. */
const decoy = bcrypt.hash(crypto.randomUUID(), COST);

/** Checks a password; without a usable hash it fails, after the same work. */
export async function checkPassword(
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> {
  const isUsable = passwordHash !== undefined && BCRYPT_HASH.test(passwordHash);
  const matches = await bcrypt.compare(password, isUsable ? passwordHash : await decoy);
  return matches && isUsable;
}
