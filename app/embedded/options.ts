import { EmbeddedConvexError } from "./errors";
import { checkLoopback } from "./loopback";

export interface EmbeddedConvexOptions {
  /** 0, the default, for any free port. */
  port?: number;
  /** A loopback address; 127.0.0.1 by default. */
  host?: string;
  /** An export file of ours, or a folder of JSONL tables, in place of the sample data. */
  data?: string;
  /** Multiplies the sample data; 1 by default. */
  scale?: number;
  /** No sample data: only the demo accounts. */
  empty?: boolean;
  /** How long old snapshots stay readable at least; 10 s by default, as in Convex. */
  retentionMs?: number;
  /** Random by default. */
  adminKey?: string;
  /**
   * Functions of another folder than the project's `convex/`. Such a deployment starts with `data`
   * or without any documents: sample data and demo accounts fit the project's schema only.
   */
  functionsDir?: string;
  /** Told what is loaded, and of failures that are not a client's. */
  log?: (line: string) => void;
}

/** A running embedded Convex. */
export interface EmbeddedConvex {
  /** `http://127.0.0.1:<port>`. */
  url: string;
  adminKey: string;
  /** Stops it; may be called more than once. */
  close(): Promise<void>;
  /** Resolves when it has stopped, with the reason where nobody asked for it, else undefined. */
  stopped: Promise<string | undefined>;
}

const PORT_MAX = 65_535;

/** Throws `EmbeddedConvexError` that names the first option that cannot be. */
export function checkOptions(options: EmbeddedConvexOptions): void {
  const { port = 0, scale = 1, retentionMs = 0, adminKey } = options;
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) {
    throw new EmbeddedConvexError(`port must be a whole number from 0 to ${PORT_MAX}, not ${port}`);
  }
  if (!Number.isSafeInteger(scale) || scale < 1) {
    throw new EmbeddedConvexError(`scale must be a whole number of at least 1, not ${scale}`);
  }
  if (!Number.isSafeInteger(retentionMs) || retentionMs < 0) {
    throw new EmbeddedConvexError(`retentionMs must be a whole number, not ${retentionMs}`);
  }
  if (adminKey !== undefined && !/^[\w-]+\|[0-9a-f]{64}$/.test(adminKey)) {
    throw new EmbeddedConvexError("adminKey must have the form <name>|<64 hexadecimal digits>");
  }
  const sources = [options.data !== undefined, options.empty === true, options.scale !== undefined];
  if (sources.filter(Boolean).length > 1) {
    throw new EmbeddedConvexError("data, empty and scale exclude each other");
  }
  if (options.functionsDir !== undefined && options.scale !== undefined) {
    throw new EmbeddedConvexError("scale multiplies the sample data, which functionsDir excludes");
  }
  checkLoopback(options.host ?? "127.0.0.1");
}
