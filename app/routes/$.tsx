import type { LoaderFunctionArgs } from "@remix-run/node";
import { problemResponse } from "~/http/problem.server";

export function loader({ request, context }: LoaderFunctionArgs): never {
  throw problemResponse({
    status: 404,
    title: "Page not found",
    detail: `There is nothing at ${new URL(request.url).pathname}.`,
    requestId: context.requestId,
  });
}

export { loader as action };

/** Never shown: a route with a page has its errors shown as pages, too. */
export default function NotFound() {
  return null;
}
