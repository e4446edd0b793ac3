import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { exportProblem } from "~/http/export-problem.server";
import { methodNotAllowed } from "~/http/method-not-allowed.server";
import { checkConvex } from "~/portal.server";

/** Whether Convex can be reached and accepts the deploy key. */
export async function loader({ context }: LoaderFunctionArgs) {
  try {
    await checkConvex();
  } catch (error) {
    return exportProblem(error, context);
  }
  return new Response("ready\n", { headers: { "Cache-Control": "no-store" } });
}

export function action({ context }: ActionFunctionArgs) {
  return methodNotAllowed("GET, HEAD", context);
}
