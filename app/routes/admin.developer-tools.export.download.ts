import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { answerDownload } from "~/http/export-download.server";
import { exportProblem } from "~/http/export-problem.server";
import type { RequestContext } from "~/http/load-context";
import { noDataOf } from "~/http/no-data.server";
import { methodNotAllowed } from "~/http/method-not-allowed.server";
import { problemForBrowsers } from "~/problem-page.server";
import {
  heldExports,
  isCancelAsked,
  liveRuns,
  originOf,
  readExportRequest,
  requireExporter,
  requireOwnStart,
  runExport,
} from "~/portal.server";

/** The download: GET sends the file once all of it is there; HEAD runs no export. */
export async function loader({ request, context }: LoaderFunctionArgs): Promise<Response> {
  const response = await download(request, context).catch((error: unknown) =>
    problemForBrowsers(request, error instanceof Response ? error : exportProblem(error, context)),
  );
  response.headers.append("Vary", "Accept-Encoding");
  return response;
}

export function action({ request, context }: ActionFunctionArgs): Promise<Response> {
  return problemForBrowsers(request, methodNotAllowed("GET, HEAD", context));
}

async function download(request: Request, context: RequestContext): Promise<Response> {
  await requireOwnStart(request, context);
  const admin = await requireExporter(request, context, "download");
  if (context.isDataRequest) throw noDataOf("a file", context);
  const asked = readExportRequest(request);
  return await answerDownload(request, context, {
    heldExports,
    liveRuns,
    owner: JSON.stringify(admin.actor),
    asked,
    prepare: (runKey, run) => runExport(admin, asked, { runKey, ...originOf(context) }, run),
    isCancelAsked,
  });
}
