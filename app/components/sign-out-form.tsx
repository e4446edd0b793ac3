import { Form } from "@remix-run/react";
import { LogOut } from "lucide-react";
import { buttonClasses } from "~/components/button";
import { paths } from "~/lib/paths";

/** Ends the session. A form, so that it works without JavaScript and no link can trigger it. */
export function SignOutForm({ className = "" }: { className?: string }) {
  return (
    // A whole new document, so that nothing of the session stays in the page's memory.
    <Form method="post" action={paths.logout} reloadDocument>
      <button type="submit" className={`${buttonClasses("secondary")} ${className}`}>
        <LogOut aria-hidden="true" className="size-4" />
        Sign out
      </button>
    </Form>
  );
}
