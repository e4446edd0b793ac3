import type { ActionFunctionArgs } from "@remix-run/node";
import { methodNotAllowed } from "~/http/method-not-allowed.server";
/** Whether the process is alive. */
export function loader() {
  return new Response("ok\n", { headers: { "Cache-Control": "no-store" } });
}

export function action({ context }: ActionFunctionArgs) {
  return methodNotAllowed("GET, HEAD", context);
}
