import { useFetcher } from "@remix-run/react";
import { buttonClasses } from "~/components/button";
import { CsrfField } from "~/components/csrf-field";
import { cancelRunPath } from "~/lib/paths";

/** What the portal answers where a run could not be cancelled. */
export interface CancelFailure {
  message: string;
  requestId?: string;
}

/** Cancels a run, from any tab; without JavaScript, it leads to the run's page. */
export function CancelRunForm({ runKey, isAsked }: { runKey: string; isAsked: boolean }) {
  const { Form, state, data } = useFetcher<CancelFailure | null>();
  // What was answered is shown while the page is brought up to date.
  const isFailed = data !== undefined && data !== null && state !== "submitting";
  const isBusy = isAsked || (state !== "idle" && !isFailed);
  return (
    <Form method="post" action={cancelRunPath(runKey)} className="mt-5">
      <CsrfField />
      <button
        type="submit"
        aria-disabled={isBusy || undefined}
        onClick={(event) => isBusy && event.preventDefault()}
        className={buttonClasses("secondary", "small")}
      >
        {isBusy ? "Cancelling…" : "Cancel export"}
      </button>
      {isFailed && (
        <p role="alert" className="mt-2 text-sm text-danger">
          It could not be cancelled. {data.message}
          {data.requestId !== undefined && (
            <span className="block text-xs">Request id {data.requestId}</span>
          )}
        </p>
      )}
    </Form>
  );
}
