/**
 * A SHA-256 in the making. Node's own is many times faster than any in JavaScript, and a browser has
 * none for streams: what checks a file is given one.
 */
export interface RunningSha256 {
  update(bytes: Uint8Array): unknown;
  digest(encoding: "hex"): string;
}
