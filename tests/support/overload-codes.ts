/**
 * The codes of a 503 with which Convex says that it did nothing, and that it may pass
 * (get-convex/convex-backend, crates/errors).
 */
export const OVERLOAD_CODES = [
  "OptimisticConcurrencyControlFailure",
  "CommitterFullError",
  "ExpiredInQueue",
  "WorkerOverloaded",
  "IsolateNotClean",
  "InitialPermitTimeoutError",
  "ExecuteFullError",
  "UpstreamConnectError",
  "TableSummariesUnavailable",
  "SearchIndexesUnavailable",
  "VectorIndexesUnavailable",
] as const;
