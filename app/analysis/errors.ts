/** A file or a query that cannot be used as it was given. The message is for whoever gave it. */
export class AnalysisError extends Error {
  override readonly name = "AnalysisError";

  /** @param kind `usage`: ask for something else. `integrity`: the file is not complete. */
  constructor(
    readonly kind: "usage" | "integrity",
    message: string,
  ) {
    super(message);
  }
}
