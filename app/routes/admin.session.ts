import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { csrf, requireSystemAdmin, requireUnusedSession } from "~/portal.server";

const HEADERS = { "Cache-Control": "private, no-store" };

/** When the session ends, as JSON. Asking is no use of it. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { session } = await requireUnusedSession(request, context);
  return Response.json(session, { headers: HEADERS });
}

/** Uses the session, so that it lasts longer, and answers the same. */
export async function action({ request, context }: ActionFunctionArgs) {
  await csrf.require(request, context);
  const { session } = await requireSystemAdmin(request, context);
  return Response.json(session, { headers: HEADERS });
}
