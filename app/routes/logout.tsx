import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { exportProblem } from "~/http/export-problem.server";
import { methodNotAllowed } from "~/http/method-not-allowed.server";
import { auth, csrf } from "~/portal.server";

/** Signing out changes something, so a link or an image must not be able to do it. */
export function loader({ context }: LoaderFunctionArgs): never {
  throw methodNotAllowed("POST", context);
}

export async function action({ request, context }: ActionFunctionArgs) {
  await csrf.require(request, context);
  try {
    const form = await request.formData().catch(() => null);
    return await auth.signOut(request, form?.get("everywhere") === "1");
  } catch (error) {
    throw exportProblem(error, context);
  }
}

/** Never shown: as a route with a page, Remix checks the Origin of its POST. */
export default function Logout() {
  return null;
}
