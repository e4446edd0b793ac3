import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Value } from "convex/values";
import {
  holdsCredential,
  isCredentialHeader,
  isCredentialKey,
  isCredentialLabel,
} from "./credentials";
import { isObject, mapObject, parseJsonText, setField, type ValueObject } from "./values";

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

/** JSON in a text of JSON in a text…: so many times. A log of a log of a request has two. */
const DEEPEST_JSON_TEXT = 8;

/**
 * Convex's own values have 64 levels at most (`value/src/size.rs`); JSON in a text may have any
 * number. What is deeper is redacted unseen.
 */
const DEEPEST_VALUE = 256;

/** In pairs such as `{ name: "Authorization", value: "…" }`: what names, and what it names. */
const LABELS = ["name", "key", "header", "field", "parameter", "label", "id"];
const LABELLED = /^(values?|val|v|content|data|text|default)$/i;

/** Changes what is no credential, e.g. for pseudonyms. It gets each text and the key it is under. */
export interface Rewriter {
  text(text: string, key: string | undefined): string;
  key(key: string): string;
}

/**
 * The value with every credential in it redacted, and how many there were. Texts that are JSON are
 * searched as what they say, and written anew (compactly) where something was found in them.
 */
export function redactOpaque(
  value: Value,
  rewriter?: Rewriter,
): { value: Value; redactions: number } {
  const search = new ValueSearch(rewriter, true);
  return { value: search.visit(value, undefined, 0), redactions: search.redactions };
}

/** The value with its texts rewritten at every depth, also inside JSON; credentials stay. */
export function rewriteTexts(value: Value, rewriter: Rewriter): Value {
  return new ValueSearch(rewriter, false).visit(value, undefined, 0);
}

class ValueSearch {
  redactions = 0;
  private jsonDepth = 0;

  constructor(
    private readonly rewriter: Rewriter | undefined,
    private readonly redacts: boolean,
  ) {}

  visit(value: Value, key: string | undefined, depth: number): Value {
    if (typeof value === "string") return this.text(value, key);
    if (!Array.isArray(value) && !isObject(value)) return value;
    if (depth === DEEPEST_VALUE) return this.redact();
    return Array.isArray(value) ? this.array(value, key, depth + 1) : this.object(value, depth + 1);
  }

  private array(list: Value[], key: string | undefined, depth: number): Value[] {
    if (!this.redacts) return list.map((item) => this.visit(item, key, depth));
    const isPair = list.length === 2 && isCredentialLabel(list[0], list[1] ?? null);
    return list.map((item, index) => {
      const before = index % 2 === 1 ? (list[index - 1] ?? null) : null;
      return (isPair && index === 1) || isCredentialHeader(before)
        ? this.redactAll(item, depth)
        : this.visit(item, key, depth);
    });
  }

  private object(object: ValueObject, depth: number): ValueObject {
    const searched = mapObject(object, (key, child) =>
      this.redacts && (isCredentialKey(key, child) || isLabelled(object, key, child))
        ? this.redactAll(child, depth)
        : this.visit(child, key, depth),
    );
    return this.rewriter === undefined ? searched : rewriteKeys(searched, this.rewriter);
  }

  private text(text: string, key: string | undefined): string {
    const json = this.jsonDepth < DEEPEST_JSON_TEXT ? parseJsonText(text) : undefined;
    if (json !== undefined) {
      const written = this.jsonText(json, key);
      if (written !== undefined) return written;
    }
    if (this.redacts && holdsCredential(text)) return this.redact();
    return this.rewriter?.text(text, key) ?? text;
  }

  /** The text anew, or undefined where nothing in it has to change. */
  private jsonText(json: Value, key: string | undefined): string | undefined {
    const before = this.redactions;
    this.jsonDepth += 1;
    const visited = this.visit(json, key, 0);
    this.jsonDepth -= 1;
    const isChanged =
      this.redactions > before ||
      (this.rewriter !== undefined && JSON.stringify(visited) !== JSON.stringify(json));
    return isChanged ? JSON.stringify(visited) : undefined;
  }

  private redactAll(value: Value, depth: number): Value {
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "object" && depth < DEEPEST_VALUE) {
      if (Array.isArray(value)) return value.map((item) => this.redactAll(item, depth + 1));
      if (isObject(value)) return mapObject(value, (_, child) => this.redactAll(child, depth + 1));
    }
    return this.redact();
  }

  private redact(): string {
    this.redactions += 1;
    return REDACTED;
  }
}

/** Whether another field of the object names this one's value as a credential. */
function isLabelled(object: ValueObject, key: string, value: Value): boolean {
  return (
    LABELLED.test(key) &&
    LABELS.some((label) => Object.hasOwn(object, label) && isCredentialLabel(object[label], value))
  );
}

/** Keys are rewritten only where one changes; two that became equal are told apart. */
function rewriteKeys(object: ValueObject, rewriter: Rewriter): ValueObject {
  const keys = Object.keys(object);
  const rewritten = keys.map((key) => rewriter.key(key));
  if (rewritten.every((key, index) => key === keys[index])) return object;
  const result: ValueObject = {};
  for (const [index, base] of rewritten.entries()) {
    let key = base;
    for (let n = 2; Object.hasOwn(result, key); n++) key = `${base} ${n}`;
    setField(result, key, object[keys[index] ?? ""] ?? null);
  }
  return result;
}
