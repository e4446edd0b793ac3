import { PassThrough } from "node:stream";
import type { AppLoadContext, EntryContext, HandleErrorFunction } from "@remix-run/node";
import { createReadableStreamFromReadable } from "@remix-run/node";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToPipeableStream } from "react-dom/server";
import { describeError } from "~/components/error-description";
import { NonceContext } from "~/components/nonce";
import { RequestIdContext } from "~/components/request-id";
import { describeCause } from "~/http/export-problem.server";
import { acceptsHtml, problemResponse } from "~/http/problem.server";

/** How long loaders may stream data after the page's shell; Remix reads it. */
export const streamTimeout = 5_000;
/** A little later, so that what timed out is still rendered as an error. */
const RENDER_TIMEOUT_MS = streamTimeout + 1_000;

/** Renders a page; an error becomes problem details where no page was asked for. */
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  loadContext: AppLoadContext,
): Promise<Response> | Response {
  const [error] = Object.values(remixContext.staticHandlerContext.errors ?? {}) as unknown[];
  if (error !== undefined && !acceptsHtml(request)) {
    const { title, detail } = describeError(error);
    const { requestId } = loadContext;
    return problemResponse({ status, title, detail, requestId }, headers);
  }
  return renderPage(request, status, headers, remixContext, loadContext);
}

function renderPage(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { log, nonce, requestId }: AppLoadContext,
): Promise<Response> {
  const page = (
    <NonceContext.Provider value={nonce}>
      <RequestIdContext.Provider value={requestId}>
        <RemixServer
          context={remixContext}
          url={request.url}
          abortDelay={streamTimeout}
          nonce={nonce}
        />
      </RequestIdContext.Provider>
    </NonceContext.Provider>
  );
  // Crawlers do not run the scripts that put streamed parts in their place.
  const readyEvent = isbot(request.headers.get("User-Agent")) ? "onAllReady" : "onShellReady";
  return new Promise((resolve, reject) => {
    let isShellSent = false;
    const { pipe, abort } = renderToPipeableStream(page, {
      nonce,
      [readyEvent]() {
        isShellSent = true;
        const body = new PassThrough();
        headers.set("Content-Type", "text/html; charset=utf-8");
        resolve(new Response(createReadableStreamFromReadable(body), { status, headers }));
        pipe(body);
      },
      onShellError: reject,
      onError(error: unknown) {
        // An error in the shell rejects, and Remix reports it.
        if (isShellSent) log.error({ cause: describeCause(error) }, "page failed while streaming");
      },
    });
    setTimeout(abort, RENDER_TIMEOUT_MS).unref();
  });
}

/** Logs what is a fault of the portal; expected answers and closed connections are not. */
export const handleError: HandleErrorFunction = (error, { context }) => {
  // The request's own signal is lost when Node collects the copies that Remix makes of it.
  if (context.signal.aborted || isRouteErrorResponse(error)) return;
  context.log.error({ cause: describeCause(error), frames: framesOf(error) }, "unexpected error");
};

/** Where an error was thrown, without its message: one of others' making may quote data. */
function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return stack.split("\n").filter((line) => /^\s+at /.test(line));
}
