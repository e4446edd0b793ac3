/**
 * Convex's limits, as the open-source backend has them (get-convex/convex-backend at 94a42c3d,
 * crates/common/src/knobs.rs unless another file is named).
 */

const MIB_BYTES = 1024 * 1024;

/** Bytes that one transaction may read (`TRANSACTION_MAX_READ_SIZE_BYTES`). */
export const TRANSACTION_READ_MAX_BYTES = 16 * MIB_BYTES;
/** Documents that one transaction may read (`TRANSACTION_MAX_READ_SIZE_ROWS`). */
export const TRANSACTION_READ_MAX_DOCUMENTS = 32_000;
/** Size of a function's arguments (`FUNCTION_MAX_ARGS_SIZE`). */
export const ARGUMENTS_MAX_BYTES = 16 * MIB_BYTES;
/** Size of a function's return value (`FUNCTION_MAX_RESULT_SIZE`). */
export const RETURN_VALUE_MAX_BYTES = 16 * MIB_BYTES;
/** Size of one document (crates/common/src/document.rs, `MAX_USER_SIZE`). */
export const DOCUMENT_MAX_BYTES = MIB_BYTES;
/** Elements of one array (crates/value/src/array.rs). */
export const ARRAY_MAX_LENGTH = 8192;
/** Fields of one object (crates/value/src/object.rs). */
export const OBJECT_MAX_FIELDS = 1024;
/** Levels of nesting of a value (crates/value/src/size.rs). */
export const VALUE_MAX_NESTING = 64;
/** Size of an HTTP request's body (`MAX_BACKEND_PUBLIC_API_REQUEST_SIZE`). */
export const REQUEST_BODY_MAX_BYTES = 16 * MIB_BYTES;
/** Functions of one type that run at once (`DEFAULT_APPLICATION_MAX_FUNCTION_CONCURRENCY`). */
export const CONCURRENT_FUNCTIONS_MAX = 16;
/** How long a call queues for its turn before it is refused (5 s). */
export const CONCURRENCY_WAIT_MS = 5_000;
/** How long an old snapshot is guaranteed to be readable (`MAX_TRANSACTION_WINDOW`, 10 s). */
export const DEFAULT_RETENTION_MS = 10_000;

/** Above three quarters of a limit the backend recommends that a page be split. */
export function softLimit(hardLimit: number): number {
  return Math.floor((hardLimit * 3) / 4);
}
