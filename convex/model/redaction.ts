import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Value } from "convex/values";

/**
 * Redaction of single values. @noble/hashes because it is synchronous and the same in every
 * runtime: a page fingerprints hundreds of tokens inside one query.
 */

/** What stands in place of a redacted value. */
export const REDACTED = "[redacted]";

/** 128 bits of the HMAC: no two tokens of a file collide, and the line stays readable. */
const FINGERPRINT_HEX_LENGTH = 32;

/** A function from credential to fingerprint, under the key of one export. */
export type Fingerprint = (credential: string) => string;

/**
 * Equal credentials get equal fingerprints within one export. Without the key, which is never
 * stored, a fingerprint neither reveals nor confirms the credential.
 */
export function createFingerprint(key: string): Fingerprint {
  const keyed = hmac.create(sha256, utf8ToBytes(key));
  return (credential) => {
    const digest = keyed.clone().update(utf8ToBytes(credential)).digest();
    return `fingerprint:${bytesToHex(digest).slice(0, FINGERPRINT_HEX_LENGTH)}`;
  };
}

const CREDENTIAL_KEY =
  /passw(or)?d|passphrase|passcode|secret|token|authori[sz]ation|cookie|credential|api_?key|access_?key|private_?key|signing_?key|session_?id|pass_?key|mfa_?code|connection_?string|^(pass|pwd|pin|otp|auth|jwt|bearer|sig|signature)$/;

/** Token counts of language models are numbers that analysis needs, not credentials. */
const TOKEN_COUNT_KEY = /(^|_)tokens($|_)|_tokens?_(count|limit|used)$|^token_(count|limit|usage)/;

const CREDENTIAL_VALUE = [
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/, // JSON Web Token
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/, // PEM
  /\b(bearer|basic)\s+[\w+/=.~-]{16,}/i, // Authorization header
  /\b(sk|pk|rk)[-_](live|test|ant|proj)[-_][\w-]{8,}/, // Stripe, Anthropic, OpenAI
  /\bsk-[A-Za-z0-9]{20,}/, // OpenAI, older
  /\bAIza[\w-]{30,}/, // Google
  /\/\/[^/\s:@]+:[^/\s@]+@/, // user and password in a URL
  /[?&](access_token|token|api_?key|key|secret|signature|sig)=[^&\s]{8,}/i, // query of a URL
  /\b(ghp|gho|ghs|ghu|github_pat)_\w{20,}/, // GitHub
  /\bAKIA[0-9A-Z]{16}\b/, // AWS
  /\bxox[abprs]-[\w-]{10,}/, // Slack
];

/** `apiKey`, `API-Key` and `api_key` all become `api_key`. */
function snakeCase(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

function isCredentialKey(key: string, value: Value): boolean {
  const name = snakeCase(key);
  if (!CREDENTIAL_KEY.test(name)) return false;
  const isNumber = typeof value === "number" || typeof value === "bigint";
  return !(isNumber && TOKEN_COUNT_KEY.test(name));
}

/** The value with every credential in it redacted, and how many there were. */
export function redactOpaque(value: Value): { value: Value; redactions: number } {
  let redactions = 0;

  function redactAll(current: Value): Value {
    if (current === null || typeof current === "boolean") return current;
    if (Array.isArray(current)) return current.map(redactAll);
    if (isObject(current)) {
      return mapObject(current, (_key, child) => redactAll(child));
    }
    redactions += 1;
    return REDACTED;
  }

  function visit(current: Value): Value {
    if (typeof current === "string") {
      if (!CREDENTIAL_VALUE.some((pattern) => pattern.test(current))) return current;
      redactions += 1;
      return REDACTED;
    }
    if (Array.isArray(current)) return current.map(visit);
    if (isObject(current)) {
      return mapObject(current, (key, child) =>
        isCredentialKey(key, child) ? redactAll(child) : visit(child),
      );
    }
    return current;
  }

  return { value: visit(value), redactions };
}

type ValueObject = { [key: string]: Value | undefined };

function isObject(value: Value): value is ValueObject {
  return (
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    !(value instanceof ArrayBuffer)
  );
}

function mapObject(object: ValueObject, map: (key: string, value: Value) => Value): ValueObject {
  const result: ValueObject = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    // `__proto__` is a legal field name; assigning it would set the prototype instead.
    Object.defineProperty(result, key, {
      value: map(key, value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return result;
}
