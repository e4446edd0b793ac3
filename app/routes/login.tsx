import { useEffect, useState } from "react";
import { data, redirect } from "@remix-run/node";
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form, Link, useActionData, useSearchParams } from "@remix-run/react";
import { CircleX, LoaderCircle } from "lucide-react";
import { SignInError } from "~/auth/errors";
import { Brand } from "~/components/brand";
import { buttonClasses } from "~/components/button";
import { CsrfField } from "~/components/csrf-field";
import { exportProblem } from "~/http/export-problem.server";
import type { RequestContext } from "~/http/load-context";
import { acceptsHtml, problemResponse } from "~/http/problem.server";
import { pageHeaders, pageTitle } from "~/lib/page";
import { paths } from "~/lib/paths";
import { auth, csrf } from "~/portal.server";

export const headers = pageHeaders;

export const meta: MetaFunction = () => [{ title: pageTitle("Sign in") }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  try {
    const target = await auth.signedInTarget(request);
    return target === null ? null : redirect(target);
  } catch (error) {
    throw exportProblem(error, context);
  }
}

/** What the page says about a sign-in that did not succeed. */
interface SignInFailure {
  message: string;
  /** As it was typed, to show it again; null where the body was no form. */
  email: string | null;
}

const OUT_OF_DATE =
  "This form was out of date. Check that your browser accepts cookies, and sign in again.";

export async function action({ request, context }: ActionFunctionArgs) {
  const copy = request.clone();
  if (!(await csrf.accepts(request))) return await refuse(copy, context, 403, OUT_OF_DATE);
  try {
    const response = await auth.signIn(request, context);
    const retired = await csrf.retire(request);
    if (retired !== undefined) response.headers.append("Set-Cookie", retired);
    return response;
  } catch (error) {
    if (!(error instanceof SignInError)) throw exportProblem(error, context);
    const { status, message, retryAfterSeconds } = error;
    return await refuse(copy, context, status, message, retryAfterSeconds);
  }
}

/** The page again with what was wrong, or problem details for a program. */
async function refuse(
  request: Request,
  context: RequestContext,
  status: number,
  message: string,
  retryAfterSeconds?: number,
) {
  const headers: HeadersInit =
    retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  if (!acceptsHtml(request) && !context.isDataRequest) {
    const problem = { status, title: "Not signed in", detail: message };
    throw problemResponse({ ...problem, requestId: context.requestId }, headers);
  }
  const failure: SignInFailure = { message, email: await readEmail(request) };
  return data(failure, { status, headers });
}

async function readEmail(request: Request): Promise<string | null> {
  const form = await request.formData().catch(() => null);
  const email = form?.get("email");
  return typeof email === "string" ? email : null;
}

/** A sign-in that leads to the download leaves this page where it is, so it must not stay busy. */
const LONGEST_BUSY_MS = 10_000;

export default function Login() {
  const failure = useActionData<SignInFailure>();
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => {
    if (!isBusy) return;
    const timer = setTimeout(() => setIsBusy(false), LONGEST_BUSY_MS);
    return () => clearTimeout(timer);
  }, [isBusy]);

  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center px-4 py-12">
      <Brand />
      <h1 className="mt-8 text-2xl font-semibold tracking-tight">Sign in</h1>
      <p className="mt-2 text-sm leading-relaxed text-ink-soft">
        The administration portal is for system administrators. Use your SupportSignal account.
      </p>
      <DownloadNote />
      {failure && (
        <p
          id="failure"
          role="alert"
          className="mt-6 flex gap-2.5 rounded-lg bg-danger-soft px-3.5 py-3 text-sm text-danger"
        >
          <CircleX aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          {failure.message}
        </p>
      )}
      {/* A document post: its redirect may lead to the download, which only the browser can save. */}
      <Form
        method="post"
        reloadDocument
        onSubmit={() => setIsBusy(true)}
        className="mt-6 space-y-4"
      >
        <CsrfField />
        <Field
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={failure?.email ?? ""}
          autoFocus={!failure}
          aria-describedby={failure && "failure"}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          autoFocus={Boolean(failure)}
          aria-describedby={failure && "failure"}
        />
        <button
          type="submit"
          aria-busy={isBusy}
          aria-disabled={isBusy || undefined}
          onClick={(event) => isBusy && event.preventDefault()}
          className={`${buttonClasses()} mt-2 w-full`}
        >
          {isBusy && <LoaderCircle aria-hidden="true" className="size-4 animate-spin" />}
          {isBusy ? "Signing in…" : "Sign in"}
        </button>
      </Form>
    </main>
  );
}

/** For those who come from a bookmark of the download, which is not a page to arrive at. */
function DownloadNote() {
  const [query] = useSearchParams();
  const target = query.get("redirectTo");
  if (target?.split("?")[0] !== paths.exportDownload) return null;
  return (
    <p className="mt-4 rounded-lg border border-line bg-surface px-3.5 py-3 text-sm leading-relaxed">
      Your export is prepared and saved by the browser as soon as you are signed in. To go on from
      there, open the{" "}
      <Link to={paths.export} reloadDocument className="text-accent underline underline-offset-2">
        export page
      </Link>
      .
    </p>
  );
}

type FieldProps = React.ComponentProps<"input"> & { label: string; name: string };

function Field({ label, name, ...input }: FieldProps) {
  return (
    <div>
      <label htmlFor={name} className="mb-1.5 block text-sm font-semibold">
        {label}
      </label>
      <input
        id={name}
        name={name}
        required
        spellCheck={false}
        autoCapitalize="none"
        className="h-10 w-full rounded-lg border border-line-strong bg-surface px-3"
        {...input}
      />
    </div>
  );
}
