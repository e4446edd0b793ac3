import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { redirect } from "@remix-run/node";
import { exportProblem } from "~/http/export-problem.server";
import { methodNotAllowed } from "~/http/method-not-allowed.server";
import { acceptsHtml } from "~/http/problem.server";
import { unknownRun } from "~/http/unknown-run.server";
import { runPath } from "~/lib/paths";
import { loadRun, requireSystemAdmin } from "~/portal.server";

const headers = { "Cache-Control": "private, no-store", Vary: "Accept" };

/** One run as JSON, for the page that follows it. Browsers that come here are led to its page. */
export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const admin = await requireSystemAdmin(request, context);
  const runKey = params["id"] ?? "";
  if (acceptsHtml(request)) return redirect(runPath(runKey), { headers });
  try {
    const run = await loadRun(admin, runKey);
    return run === null ? unknownRun(context) : Response.json(run, { headers });
  } catch (error) {
    return exportProblem(error, context);
  }
}

export function action({ context }: ActionFunctionArgs) {
  return methodNotAllowed("GET, HEAD", context);
}
