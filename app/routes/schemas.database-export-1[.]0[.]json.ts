import type { LoaderFunctionArgs } from "@remix-run/node";
import { exportFileJsonSchema } from "~/export/file-schema";

/** The JSON Schema of the exported file, for everyone. */
export function loader({ request }: LoaderFunctionArgs) {
  const { origin, pathname } = new URL(request.url);
  return new Response(JSON.stringify(exportFileJsonSchema(origin + pathname), null, 2), {
    headers: { "Content-Type": "application/schema+json", "Cache-Control": "public, max-age=3600" },
  });
}
