import pino, { type DestinationStream, type Level } from "pino";

/**
 * The portal's log. Only what is listed here is written, whatever a caller passes: a document, a
 * cookie, an argument or an error's own message has no field to be in.
 */
const FIELDS = [
  "requestId",
  "method",
  "route",
  "status",
  "durationMs",
  "isComplete",
  "userId",
  "code",
  "detail",
  "cause",
  "frames",
  "origin",
] as const;

type FieldValue = string | number | boolean | readonly string[] | undefined;

/** What a line of the log may say beside its message. `durationMs` is in ms, `status` is HTTP's. */
export type LogFields = { readonly [Name in (typeof FIELDS)[number]]?: FieldValue };

type WriteLine = (fields: LogFields, message: string) => void;

export interface Log {
  error: WriteLine;
  warn: WriteLine;
  info: WriteLine;
}

export interface LogOptions {
  level: Level;
  /** Lines for people instead of JSON; needs pino-pretty, which only development has. */
  isReadable: boolean;
}

/** @param destination Standard output where absent. */
export function createLog({ level, isReadable }: LogOptions, destination?: DestinationStream): Log {
  const options = { level, formatters: { log: onlyKnown } };
  const logger = isReadable
    ? pino({ ...options, transport: { target: "pino-pretty" } })
    : pino(options, destination);
  return {
    // Not `logger.error` itself: it would take an error, and write its message and stack.
    error: (fields, message) => logger.error({ ...fields }, message),
    warn: (fields, message) => logger.warn({ ...fields }, message),
    info: (fields, message) => logger.info({ ...fields }, message),
  };
}

/** A log whose lines carry some fields more. */
export function withFields(log: Log, fields: LogFields): Log {
  return {
    error: (more, message) => log.error({ ...fields, ...more }, message),
    warn: (more, message) => log.warn({ ...fields, ...more }, message),
    info: (more, message) => log.info({ ...fields, ...more }, message),
  };
}

const known = new Set<string>(FIELDS);

function onlyKnown(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => known.has(name) && isFieldValue(value)),
  );
}

function isFieldValue(value: unknown): value is FieldValue {
  return Array.isArray(value)
    ? value.every((item) => typeof item === "string")
    : ["string", "number", "boolean", "undefined"].includes(typeof value);
}
