/** Addresses of the portal that more than one module links to. */
export const paths = {
  admin: "/admin",
  session: "/admin/session",
  tools: "/admin/tools",
  export: "/admin/developer-tools/export",
  exportDownload: "/admin/developer-tools/export/download",
  exportVerify: "/admin/developer-tools/export/verify",
  exportVerifyMatch: "/admin/developer-tools/export/verify/match",
  exportSegment: "/admin/developer-tools/export/segment",
  exportRuns: "/admin/developer-tools/export/runs",
  login: "/login",
  logout: "/logout",
} as const;

/** The address of a download with this query. */
export function downloadPath(query: URLSearchParams): string {
  const text = query.toString();
  return text === "" ? paths.exportDownload : `${paths.exportDownload}?${text}`;
}

/** The page of an export run. */
export function runPath(runKey: string): string {
  return `${paths.exportRuns}/${encodeURIComponent(runKey)}/details`;
}

/** Where a form cancels an export run. */
export function cancelRunPath(runKey: string): string {
  return `${paths.exportRuns}/${encodeURIComponent(runKey)}/cancel`;
}
