import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { readOptionFile } from "./connection";
import { UsageError } from "./failure";

/** 32 bytes in base64url, as the engine makes them for each export. */
const KEY = /^[\w-]{43}$/;
const KEY_BYTES = 32;

/**
 * The key of fingerprints and pseudonyms that is kept in a file, so that two exports can be compared:
 * equal values are equal in both. Made where there is no such file yet, readable for its owner only.
 * @throws UsageError
 */
export function readKeyFile(file: string): string {
  if (!existsSync(file)) {
    const key = randomBytes(KEY_BYTES).toString("base64url");
    try {
      writeFileSync(file, `${key}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new UsageError(`--key-file ${file} cannot be written (${String(code)}).`);
    }
    return key;
  }
  const key = readOptionFile("--key-file", file).trim();
  if (!KEY.test(key)) {
    throw new UsageError(
      `--key-file ${file} holds no key: it was made by another program, or cut.`,
    );
  }
  return key;
}
