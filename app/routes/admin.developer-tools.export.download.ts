import { randomUUID } from "node:crypto";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { exportFileName } from "~/export/document";
import type { PreparedExport } from "~/export/run";
import { describeCause, exportProblem } from "~/http/export-problem.server";
import type { RequestContext } from "~/http/load-context";
import { methodNotAllowed } from "~/http/method-not-allowed.server";
import { problemForBrowsers } from "~/problem-page.server";
import { streamFrom } from "~/http/stream";
import { readExportRequest, requireSystemAdmin, runExport } from "~/portal.server";

/** The download: GET sends the file once all of it is there; HEAD runs no export. */
export async function loader({ request, context }: LoaderFunctionArgs): Promise<Response> {
  try {
    return await download(request, context);
  } catch (error) {
    const response = error instanceof Response ? error : exportProblem(error, context);
    return await problemForBrowsers(request, response);
  }
}

export function action({ request, context }: ActionFunctionArgs): Promise<Response> {
  return problemForBrowsers(request, methodNotAllowed("GET, HEAD", context));
}

async function download(request: Request, context: RequestContext): Promise<Response> {
  const admin = await requireSystemAdmin(request, context);
  const asked = readExportRequest(request);
  if (request.method === "HEAD") {
    return new Response(null, { headers: fileHeaders(exportFileName(new Date())) });
  }
  const { requestId, address, userAgent } = context;
  const origin = {
    runKey: asked.run ?? randomUUID(),
    requestId,
    address,
    ...(userAgent === undefined ? {} : { userAgent }),
  };
  const prepared = await runExport(admin, asked, origin, request.signal);
  void settle(prepared, context);
  const { file } = prepared;
  return new Response(streamFrom(file.content()), {
    headers: {
      ...fileHeaders(file.name),
      "Content-Length": String(file.bytes),
      "Repr-Digest": `sha-256=:${file.digest.toString("base64")}:`,
    },
  });
}

/** Frees the file when the response has ended, however it did, and records that. */
async function settle(prepared: PreparedExport, { sent, log }: RequestContext): Promise<void> {
  try {
    await prepared.settle(await sent);
  } catch (error) {
    log.error({ cause: describeCause(error) }, "the end of an export could not be recorded");
  }
}

function fileHeaders(name: string): Record<string, string> {
  return {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Disposition": `attachment; filename="${name}"`,
    "Cache-Control": "private, no-store",
  };
}
