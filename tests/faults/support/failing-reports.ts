/** How a report of the progress fails: what the case is called, and what Convex answers. */
export const FAILING_REPORTS: [how: string, status: number, body: object][] = [
  ["is refused", 400, { code: "InvalidArgs", message: "It cannot be told" }],
  ["fails", 560, { status: "error", errorMessage: "Uncaught Error" }],
  ["finds Convex overloaded", 503, { code: "ExpiredInQueue", message: "Later" }],
];
