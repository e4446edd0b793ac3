import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { exportErrorMessage } from "~/export/errors";
import { exportProblem } from "~/http/export-problem.server";
import { methodNotAllowed } from "~/http/method-not-allowed.server";
import { problemResponse } from "~/http/problem.server";
import { loadRun, requireSystemAdmin } from "~/portal.server";

/** One run's audit row as JSON, for the page that follows it. */
export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const admin = await requireSystemAdmin(request, context);
  try {
    const run = await loadRun(admin, params["id"] ?? "");
    if (run === null) {
      return problemResponse({
        status: 404,
        title: "Unknown run",
        detail: "There is no export run with this id.",
        requestId: context.requestId,
      });
    }
    const message = run.outcome === "failed" ? exportErrorMessage(run.errorCode) : undefined;
    return Response.json(
      { ...run, message },
      { headers: { "Cache-Control": "private, no-store" } },
    );
  } catch (error) {
    return exportProblem(error, context);
  }
}

export function action({ context }: ActionFunctionArgs) {
  return methodNotAllowed("GET, HEAD", context);
}
