import { redirect } from "@remix-run/node";
import { paths } from "~/lib/paths";

export function loader() {
  return redirect(paths.admin);
}
