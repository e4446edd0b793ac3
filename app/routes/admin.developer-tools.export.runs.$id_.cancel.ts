import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { data, redirect } from "@remix-run/node";
import { exportProblem } from "~/http/export-problem.server";
import { methodNotAllowed } from "~/http/method-not-allowed.server";
import type { ProblemDetails } from "~/http/problem-details";
import { unknownRun } from "~/http/unknown-run.server";
import { runPath } from "~/lib/paths";
import { cancelRun, csrf, requireSystemAdmin } from "~/portal.server";

/** Cancelling changes something, so a link must not be able to do it. */
export function loader({ context }: LoaderFunctionArgs): never {
  throw methodNotAllowed("POST", context);
}

/** Cancels a run. A form without JavaScript is led to the run's page. */
export async function action({ request, context, params }: ActionFunctionArgs) {
  await csrf.require(request, context);
  const admin = await requireSystemAdmin(request, context);
  const runKey = params["id"] ?? "";
  try {
    if (!(await cancelRun(admin, runKey))) throw unknownRun(context);
    return context.isDataRequest ? null : redirect(runPath(runKey), 303);
  } catch (error) {
    const problem = error instanceof Response ? error : exportProblem(error, context);
    // What is thrown would replace the page, which says it beside the button instead.
    if (!context.isDataRequest) throw problem;
    const { detail: message, requestId } = (await problem.json()) as ProblemDetails;
    return data({ message, requestId }, { status: problem.status });
  }
}

/** Never shown: as a route with a page, Remix checks the Origin of its POST. */
export default function CancelRun() {
  return null;
}
