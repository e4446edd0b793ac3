/**
 * What a marker stands for, hence where it may be.
 * - `secret`: a credential or an excluded field, or what the portal itself must keep. Nowhere.
 * - `audit`: the portal's own tables. On the page that shows the audit trail, and nowhere else.
 * - `personal`: who somebody is. In files of the profile `redacted`, and nowhere else.
 */
export type MarkerKind = "secret" | "audit" | "personal";

export interface Marker {
  /** Where it was planted, such as `users.password`. */
  name: string;
  kind: MarkerKind;
  value: string;
  /** Its spellings where it has others than its value, e.g. a date of birth. */
  spellings?: readonly string[];
}

interface Pattern {
  marker: Marker;
  bytes: Buffer;
  /** A short number: it counts only where no digit stands beside it. */
  isBounded: boolean;
}

/** Bytes by which patterns are told apart at first. */
const KEY_BYTES = 4;
const FILTER_BITS = 20;

/** Finds markers in bytes, in every encoding that something might have passed them through. */
export class MarkerSearch {
  readonly patternCount: number;
  private readonly patterns = new Map<number, Pattern[]>();
  private readonly filter = new Uint8Array(1 << FILTER_BITS);

  constructor(readonly markers: readonly Marker[]) {
    let count = 0;
    for (const marker of markers) {
      for (const value of marker.spellings ?? [marker.value]) {
        for (const text of encodings(value)) {
          const bytes = Buffer.from(text, "utf8");
          if (bytes.length < KEY_BYTES) throw new Error(`${marker.name} is too short to be found`);
          const key = bytes.readUInt32LE(0);
          const isBounded = /^\d[\d ]*\d$/.test(text);
          const sameKey = this.patterns.get(key) ?? [];
          sameKey.push({ marker, bytes, isBounded });
          this.patterns.set(key, sameKey);
          this.filter[hash(key)] = 1;
          count += 1;
        }
      }
    }
    this.patternCount = count;
  }

  /** The markers that are somewhere in the bytes. */
  find(bytes: Buffer): Set<Marker> {
    const found = new Set<Marker>();
    for (let at = 0; at + KEY_BYTES <= bytes.length; at += 1) {
      const key = bytes.readUInt32LE(at);
      if (this.filter[hash(key)] === 0) continue;
      for (const pattern of this.patterns.get(key) ?? []) {
        if (!found.has(pattern.marker) && isAt(bytes, at, pattern)) found.add(pattern.marker);
      }
    }
    return found;
  }
}

function hash(key: number): number {
  return Math.imul(key, 0x9e3779b1) >>> (32 - FILTER_BITS);
}

function isAt(bytes: Buffer, at: number, { bytes: wanted, isBounded }: Pattern): boolean {
  const end = at + wanted.length;
  if (end > bytes.length || bytes.compare(wanted, 0, wanted.length, at, end) !== 0) return false;
  return !isBounded || !(isDigit(bytes[at - 1]) || isDigit(bytes[end]));
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= 0x30 && code <= 0x39;
}

/** A text raw, in other cases, base64 and base64url (three alignments), hex, URL-encoded, as JSON escapes. */
export function encodings(value: string): Set<string> {
  const bytes = Buffer.from(value, "utf8");
  const hex = bytes.toString("hex");
  const percent = hex.replace(/../g, "%$&");
  const texts = [
    value,
    value.toUpperCase(),
    value.toLowerCase(),
    encodeURIComponent(value),
    hex,
    hex.toUpperCase(),
    percent,
    percent.toUpperCase(),
    hex.replace(/../g, "\\u00$&"),
  ];
  for (const base64 of base64Alignments(bytes)) {
    texts.push(base64, base64.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return new Set(texts);
}

/** The characters that bytes have in base64 whatever stands before and behind them. */
function base64Alignments(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(first, last);
  });
}
