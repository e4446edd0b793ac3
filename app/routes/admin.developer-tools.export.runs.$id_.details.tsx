import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import type { CrumbHandle } from "~/components/breadcrumbs";
import { RunDetails } from "~/components/export/run-details";
import { RunWatch } from "~/components/export/run-watch";
import { PageHeading } from "~/components/page-heading";
import { describeOutcome, describeSelection } from "~/export/history";
import { exportProblem } from "~/http/export-problem.server";
import { unknownRun } from "~/http/unknown-run.server";
import { pageHeaders, pageTitle } from "~/lib/page";
import { paths } from "~/lib/paths";
import { loadRunDetails, requireSystemAdmin } from "~/portal.server";

export const handle: CrumbHandle = {
  crumbs: [
    { label: "Tools", to: paths.tools },
    { label: "Database Export", to: paths.export },
    { label: "History", to: paths.exportRuns },
    { label: "Export run" },
  ],
};

export const headers = pageHeaders;

export const meta: MetaFunction = () => [{ title: pageTitle("Export run") }];

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const admin = await requireSystemAdmin(request, context);
  try {
    const found = await loadRunDetails(admin, params["id"] ?? "");
    if (found === null) throw unknownRun(context);
    const { details, run } = found;
    return {
      details,
      run,
      what: describeSelection(details),
      meaning: describeOutcome(details.outcome, details),
    };
  } catch (error) {
    throw error instanceof Response ? error : exportProblem(error, context);
  }
}

export default function ExportRun() {
  const { details, run, what, meaning } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading title="Export run">
        What is on record of one export, in the portal’s audit trail.
      </PageHeading>
      <div className="space-y-8">
        {run.status && <RunWatch run={run} kind={details.kind} />}
        <RunDetails details={details} durationMs={run.durationMs} what={what} meaning={meaning} />
      </div>
    </>
  );
}
