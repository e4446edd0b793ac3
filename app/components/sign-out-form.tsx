import { Form } from "@remix-run/react";
import { LogOut } from "lucide-react";
import { buttonClasses } from "~/components/button";
import { CsrfField } from "~/components/csrf-field";
import { paths } from "~/lib/paths";

interface SignOutFormProps {
  className?: string;
  /** Whether it can end the user's sessions in other browsers, too. */
  hasEverywhere?: boolean;
}

/** Ends the session. A form, so that it works without JavaScript and no link can trigger it. */
export function SignOutForm({ className = "", hasEverywhere = false }: SignOutFormProps) {
  return (
    // A whole new document, so that nothing of the session stays in the page's memory.
    <Form method="post" action={paths.logout} reloadDocument>
      <CsrfField />
      <button type="submit" className={`${buttonClasses("secondary")} ${className}`}>
        <LogOut aria-hidden="true" className="size-4" />
        Sign out
      </button>
      {hasEverywhere && (
        <button
          type="submit"
          name="everywhere"
          value="1"
          className="mt-3 w-full rounded-lg text-xs text-ink-soft underline underline-offset-2 hover:text-ink"
        >
          Sign out everywhere
        </button>
      )}
    </Form>
  );
}
