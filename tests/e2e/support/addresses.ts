/** Addresses of the portal, spelt out: the tests must notice when one of them changes. */
export const EXPORT_PAGE = "/admin/developer-tools/export";
export const DOWNLOAD = `${EXPORT_PAGE}/download`;
export const SEGMENT_PAGE = `${EXPORT_PAGE}/segment`;
export const RUNS = `${EXPORT_PAGE}/runs`;
export const VERIFY = `${EXPORT_PAGE}/verify`;
export const SESSION = "/admin/session";
export const JSON_SCHEMA = "/schemas/database-export-1.0.json";

/** Every address that only a system administrator may use. */
export const ADMIN_ADDRESSES = [
  "/admin",
  "/admin/tools",
  EXPORT_PAGE,
  DOWNLOAD,
  VERIFY,
  `${VERIFY}/match?digest=${"0".repeat(64)}`,
  SESSION,
  SEGMENT_PAGE,
  RUNS,
  `${RUNS}/3f0d6f4e-5b0e-4f38-9a3c-9b8f5f0f6f11`,
  `${RUNS}/3f0d6f4e-5b0e-4f38-9a3c-9b8f5f0f6f11/details`,
];

/** Those of them that are pages. */
export const ADMIN_PAGES = ["/admin", "/admin/tools", SEGMENT_PAGE, VERIFY, RUNS, EXPORT_PAGE];
