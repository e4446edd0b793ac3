import { renderToStaticMarkup } from "react-dom/server";
import { Brand } from "~/components/brand";
import { buttonClasses } from "~/components/button";
import { nextStepOf } from "~/components/error-description";
import { PROBLEM_CONTENT_TYPE, readProblem, type ProblemDetails } from "~/http/problem-details";
import { acceptsHtml } from "~/http/problem.server";
import { paths } from "~/lib/paths";
import stylesheet from "~/styles/app.css?url";

/**
 * Turns problem details into a page for browsers. Pages have their error boundaries; this is for
 * resource routes, whose answers reach the browser as they are.
 */
export async function problemForBrowsers(request: Request, response: Response): Promise<Response> {
  const isProblem = response.headers.get("Content-Type")?.startsWith(PROBLEM_CONTENT_TYPE);
  if (!isProblem || !acceptsHtml(request)) return response;
  const problem = readProblem(await response.text());
  if (problem === null) return response;
  const headers = new Headers(response.headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  const { pathname, search } = new URL(request.url);
  const page = <ProblemPage problem={problem} address={pathname + search} />;
  const html = `<!doctype html>${renderToStaticMarkup(page)}`;
  return new Response(html, { status: response.status, headers });
}

/** The export page reads the marked elements when this comes instead of a file. */
function ProblemPage({ problem, address }: { problem: ProblemDetails; address: string }) {
  const { status, title, detail, requestId } = problem;
  const mayWork = status === 429 || status >= 500;
  return (
    <html lang="en-AU">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · SupportSignal`}</title>
        <link rel="stylesheet" href={stylesheet} />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      </head>
      <body className="min-h-dvh font-sans antialiased">
        <main className="mx-auto max-w-lg px-4 py-16 sm:py-24">
          <Brand />
          <p className="mt-10 text-sm font-semibold text-accent tabular-nums">Error {status}</p>
          <h1 className="mt-2 text-2xl font-semibold tracking-tight">{title}</h1>
          <p data-error-detail className="mt-4 leading-relaxed">
            {detail}
          </p>
          {/* A refusal has several reasons, and says itself what to do. */}
          {status !== 403 && (
            <p className="mt-4 leading-relaxed text-ink-soft">{nextStepOf(status)}</p>
          )}
          <p className="mt-8 flex flex-wrap gap-3">
            {mayWork && (
              <a href={address} className={buttonClasses()}>
                Try again
              </a>
            )}
            <a href={paths.export} className={buttonClasses(mayWork ? "secondary" : "primary")}>
              Back to the export page
            </a>
          </p>
          <p className="mt-10 border-t border-line pt-4 text-xs text-ink-soft">
            Request id{" "}
            <code data-request-id className="font-mono break-all select-all">
              {requestId}
            </code>
          </p>
        </main>
      </body>
    </html>
  );
}
