import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** Crockford's base32: no letter looks like a digit, and no word can come of it that has I, L, O or U. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * 40 bits. That any two of 10,000 persons get the same has a chance of 10,000² / 2 / 2⁴⁰, 1 in
 * 22,000; and a person can still say "7Q2F 9KXM" to another.
 */
const CODE_LENGTH = 8;

/** What a code is for. Each has a key of its own: an email's code tells nothing of a name's. */
export type CodePurpose =
  "person" | "email" | "phone" | "ndis" | "image" | "url" | "account" | "address";

/** From what identifies somebody, normalised, to a code: equal for equal, under one key. */
export type CodeMaker = (purpose: CodePurpose, identity: string) => string;

/**
 * @param key The key of one export. Without it a code can be neither undone nor confirmed by trying
 *   names, and two exports have no code in common.
 */
export function createCodeMaker(key: string): CodeMaker {
  const makers = new Map<CodePurpose, (identity: string) => string>();
  const makerOf = (purpose: CodePurpose) => {
    const known = makers.get(purpose);
    if (known !== undefined) return known;
    const made = createKeyedCode(key, purpose);
    makers.set(purpose, made);
    return made;
  };
  return (purpose, identity) => makerOf(purpose)(identity);
}

function createKeyedCode(key: string, purpose: CodePurpose): (identity: string) => string {
  const info = utf8ToBytes(`supportsignal pseudonym: ${purpose}`);
  const keyed = hmac.create(sha256, hkdf(sha256, utf8ToBytes(key), undefined, info, 32));
  const made = new Map<string, string>();
  return (identity) => {
    const known = made.get(identity);
    if (known !== undefined) return known;
    const code = encode(keyed.clone().update(utf8ToBytes(identity)).digest());
    made.set(identity, code);
    return code;
  };
}

/** Five bits of each of the first bytes: they are as random as any. */
function encode(digest: Uint8Array): string {
  return Array.from(digest.subarray(0, CODE_LENGTH), (byte) => ALPHABET[byte & 31]).join("");
}
