import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { readDigestQuery } from "~/export/digest-match";
import { FilterError } from "~/export/filters";
import { exportProblem } from "~/http/export-problem.server";
import { methodNotAllowed } from "~/http/method-not-allowed.server";
import { findMatches, requireSystemAdmin } from "~/portal.server";

/** The exports on record whose file has a digest, as JSON. The file itself stays in the browser. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const admin = await requireSystemAdmin(request, context);
  try {
    const reading = readDigestQuery(new URL(request.url).searchParams);
    if ("problems" in reading) throw new FilterError(reading.problems);
    const matches = await findMatches(admin, reading.digest);
    return Response.json({ matches }, { headers: { "Cache-Control": "private, no-store" } });
  } catch (error) {
    return exportProblem(error, context);
  }
}

export function action({ context }: ActionFunctionArgs) {
  return methodNotAllowed("GET, HEAD", context);
}
