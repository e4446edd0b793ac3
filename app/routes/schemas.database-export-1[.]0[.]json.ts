import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { exportFileJsonSchema } from "~/export/file-schema";
import { methodNotAllowed } from "~/http/method-not-allowed.server";

/** The JSON Schema of the exported file, for everyone. */
export function loader({ request }: LoaderFunctionArgs) {
  const { origin, pathname } = new URL(request.url);
  return new Response(JSON.stringify(exportFileJsonSchema(origin + pathname), null, 2), {
    headers: { "Content-Type": "application/schema+json", "Cache-Control": "public, max-age=3600" },
  });
}

export function action({ context }: ActionFunctionArgs) {
  return methodNotAllowed("GET, HEAD", context);
}
