import { internalServerError } from "./errors";

const TIMESTAMP_BYTES = 8;
/** Convex's timestamps are positive signed 64-bit integers. */
const MAX_TIMESTAMP = 2n ** 63n - 1n;

/** A timestamp as it travels: base64 of 8 little-endian bytes, Unix nanoseconds. */
export function encodeTimestamp(ts: bigint): string {
  const bytes = Buffer.alloc(TIMESTAMP_BYTES);
  bytes.writeBigUInt64LE(ts);
  return bytes.toString("base64");
}

/** Reads a timestamp. Throws the 500 that Convex answers to a malformed one. */
export function decodeTimestamp(text: string): bigint {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== TIMESTAMP_BYTES || bytes.toString("base64") !== text) {
    throw internalServerError();
  }
  const ts = bytes.readBigUInt64LE();
  if (ts > MAX_TIMESTAMP) {
    throw internalServerError();
  }
  return ts;
}
