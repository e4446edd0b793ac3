import { Link, useLocation, useRouteError } from "@remix-run/react";
import { buttonClasses } from "~/components/button";
import { useFormToken } from "~/components/csrf-field";
import { describeError } from "~/components/error-description";
import { useDocumentRequestId } from "~/components/request-id";
import { SignOutForm } from "~/components/sign-out-form";
import { paths } from "~/lib/paths";

const TRY_AGAIN_FROM_STATUS = 429;

/** What an error boundary shows: what happened, what to do, and the request id to ask about. */
export function ErrorPage() {
  const { status, title, detail, nextStep, ...problem } = describeError(useRouteError());
  // An unexpected error has no id of its own; with a new document, it is that of the document.
  const documentId = useDocumentRequestId();
  const { key, pathname, search } = useLocation();
  const isNewDocument = key === "default";
  const requestId = problem.requestId ?? (isNewDocument ? documentId : undefined);
  // Without a token a form was refused, and signing out would be, too.
  const hasFormToken = useFormToken() !== undefined;
  const canSignOut = status === 403 && hasFormToken;
  return (
    <section className="mx-auto max-w-lg py-10 sm:py-16" data-error-status={status}>
      <p className="text-sm font-semibold text-accent tabular-nums">Error {status}</p>
      <h1 className="mt-2 text-2xl font-semibold tracking-tight">{title}</h1>
      <p data-error-detail className="mt-4 leading-relaxed">
        {detail}
      </p>
      {(status !== 403 || canSignOut) && (
        <p className="mt-2 leading-relaxed text-ink-soft">{nextStep}</p>
      )}
      <div className="mt-8 flex flex-wrap gap-3">
        {canSignOut && <SignOutForm />}
        {status === 401 && (
          <a href={paths.login} className={buttonClasses()}>
            Sign in
          </a>
        )}
        {status >= TRY_AGAIN_FROM_STATUS && (
          // An empty address is this very page, query included.
          <a href="" className={buttonClasses()}>
            Try again
          </a>
        )}
        {status === 400 && search !== "" && (
          // The page itself is there; what was wrong is behind its address.
          <a href={pathname} className={buttonClasses()}>
            Open the page itself
          </a>
        )}
        {status !== 401 && !canSignOut && (
          <Link to={paths.admin} reloadDocument className={buttonClasses("secondary")}>
            Portal home
          </Link>
        )}
      </div>
      {requestId === undefined && status >= 500 && (
        <p className="mt-2 leading-relaxed text-ink-soft">Load the page anew to see the id.</p>
      )}
      {requestId !== undefined && (
        <p className="mt-10 border-t border-line pt-4 text-xs text-ink-soft">
          Request id{" "}
          <code data-request-id className="font-mono break-all select-all">
            {requestId}
          </code>
        </p>
      )}
    </section>
  );
}
