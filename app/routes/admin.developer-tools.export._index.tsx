import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import type { CrumbHandle } from "~/components/breadcrumbs";
import { HandlingNotice } from "~/components/export/handling-notice";
import { LeftOut } from "~/components/export/left-out";
import { OverviewSummary } from "~/components/export/overview-summary";
import { RecentExports } from "~/components/export/recent-exports";
import { RunPanel } from "~/components/export/run-panel";
import { TablesOverview } from "~/components/export/tables-overview";
import { PageHeading } from "~/components/page-heading";
import { estimateDuration, guessDuration } from "~/export/duration-estimate";
import { FilterError } from "~/export/filters";
import { exportProblem } from "~/http/export-problem.server";
import { pageHeaders, pageTitle } from "~/lib/page";
import { paths } from "~/lib/paths";
import { readTableSort, sortTables } from "~/lib/table-sort";
import { loadExportOverview, loadRecent, requireExporter } from "~/portal.server";

export const handle: CrumbHandle = {
  crumbs: [{ label: "Tools", to: paths.tools }, { label: "Database Export" }],
};

export const headers = pageHeaders;

export const meta: MetaFunction = () => [{ title: pageTitle("Database Export") }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const admin = await requireExporter(request, context, "page");
  try {
    const sort = requireTableSort(new URL(request.url).searchParams);
    const [overview, recent] = await Promise.all([
      loadExportOverview(admin),
      loadRecent(admin, context),
    ]);
    return {
      ...recent,
      overview: { ...overview, tables: sortTables(overview.tables, sort) },
      duration: estimateDuration(overview.fileBytes, recent.history ?? []),
      guess: guessDuration(overview.fileBytes),
      sort,
    };
  } catch (error) {
    throw exportProblem(error, context);
  }
}

/** @throws FilterError */
function requireTableSort(query: URLSearchParams) {
  const reading = readTableSort(query);
  if ("problems" in reading) throw new FilterError(reading.problems);
  return reading.sort;
}

export default function DatabaseExport() {
  const { overview, duration, guess, history, running, sort } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading title="Database Export">
        Download the whole SupportSignal database as one well-structured JSON file, to analyse it
        with Claude Code and other tools. Secrets are taken out before the data leaves the database.
        You have a file already?{" "}
        <Link to={paths.exportVerify} className="text-accent underline underline-offset-2">
          Verify it
        </Link>
        .
      </PageHeading>
      <div className="space-y-10">
        <OverviewSummary overview={overview} duration={duration} guess={guess} />
        <RunPanel running={running} />
        <HandlingNotice />
        <TablesOverview overview={overview} sort={sort} />
        <LeftOut overview={overview} />
        <RecentExports history={history} />
      </div>
    </>
  );
}
