import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { convexToJson, jsonToConvex, type JSONValue } from "convex/values";
import { invalidCursorError } from "./errors";
import type { IndexKey, QueryJSON } from "./query-engine";

/** Where a page ended: after a document, or at the end of the query. */
export type CursorPosition = { after: IndexKey } | "end";

interface CursorJSON {
  fingerprint: string;
  /** null stands for the end; a null element for an absent field. */
  after: (string | null)[] | null;
}

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes cursors that are opaque and the same for the same position, as Convex's are, so that
 * nobody can come to depend on what is inside. They hold no timestamp and do not expire.
 */
export class CursorCodec {
  readonly #key = randomBytes(32);

  encode(query: QueryJSON, position: CursorPosition): string {
    const json: CursorJSON = {
      fingerprint: fingerprint(query),
      after:
        position === "end"
          ? null
          : position.after.map((value) =>
              value === undefined ? null : JSON.stringify(convexToJson(value)),
            ),
    };
    const plain = JSON.stringify(json);
    // The nonce is derived from the content: equal positions give equal cursors.
    const nonce = createHmac("sha256", this.#key).update(plain).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final()]);
    return Buffer.concat([sealed, cipher.getAuthTag()]).toString("hex");
  }

  /** Throws InvalidCursor for a cursor of another query, and for one that is not a cursor at all. */
  decode(query: QueryJSON, cursor: string): CursorPosition {
    const json = this.#open(cursor);
    if (json.fingerprint !== fingerprint(query)) {
      throw invalidCursorError();
    }
    if (json.after === null) {
      return "end";
    }
    return {
      after: json.after.map((value) =>
        value === null ? undefined : jsonToConvex(JSON.parse(value) as JSONValue),
      ),
    };
  }

  #open(cursor: string): CursorJSON {
    try {
      const bytes = Buffer.from(cursor, "hex");
      const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
      const plain = Buffer.concat([decipher.update(sealed), decipher.final()]);
      return JSON.parse(plain.toString("utf8")) as CursorJSON;
    } catch {
      throw new Error("Failed to parse cursor");
    }
  }
}

/** Identifies what is read and in which order: a cursor only fits the query that it came from. */
function fingerprint(query: QueryJSON): string {
  return createHash("sha256").update(JSON.stringify(query)).digest("base64");
}
