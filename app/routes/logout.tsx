import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { exportProblem } from "~/http/export-problem.server";
import { problemResponse } from "~/http/problem.server";
import { auth } from "~/portal.server";

/** Signing out changes something, so a link or an image must not be able to do it. */
export function loader({ context }: LoaderFunctionArgs): never {
  throw problemResponse(
    {
      status: 405,
      title: "Method not allowed",
      detail: "Signing out needs a POST. Use the sign-out button.",
      requestId: context.requestId,
    },
    { Allow: "POST" },
  );
}

export async function action({ request, context }: ActionFunctionArgs) {
  try {
    return await auth.signOut(request);
  } catch (error) {
    throw exportProblem(error, context);
  }
}

/** Never shown: as a route with a page, Remix checks the Origin of its POST. */
export default function Logout() {
  return null;
}
