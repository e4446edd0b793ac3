import { renderToStaticMarkup } from "react-dom/server";
import stylesheet from "~/styles/app.css?url";
import { PROBLEM_CONTENT_TYPE, readProblem, type ProblemDetails } from "./problem-details";
import { acceptsHtml } from "./problem.server";

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
  const html = `<!doctype html>${renderToStaticMarkup(<ProblemPage problem={problem} />)}`;
  return new Response(html, { status: response.status, headers });
}

function ProblemPage({ problem }: { problem: ProblemDetails }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${problem.title} · SupportSignal`}</title>
        <link rel="stylesheet" href={stylesheet} />
      </head>
      <body className="bg-canvas text-ink">
        <main className="mx-auto max-w-xl px-6 py-24">
          <p className="text-ink-soft text-sm">Error {problem.status}</p>
          <h1 className="mt-2 text-2xl font-semibold">{problem.title}</h1>
          <p className="mt-4">{problem.detail}</p>
          <p className="mt-8">
            <a className="text-accent underline" href="/admin/developer-tools/export">
              Back to the export page
            </a>
          </p>
          <p className="text-ink-soft mt-8 text-sm">Request {problem.requestId}</p>
        </main>
      </body>
    </html>
  );
}
