import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import type { CrumbHandle } from "~/components/breadcrumbs";
import { buttonClasses } from "~/components/button";
import { AuditTable } from "~/components/export/audit-table";
import { HistoryFilter, isFiltered } from "~/components/export/history-filter";
import { PageHeading } from "~/components/page-heading";
import { formatHistoryQuery, HISTORY_OUTCOMES } from "~/export/history-query";
import { exportProblem } from "~/http/export-problem.server";
import { pageHeaders, pageTitle } from "~/lib/page";
import { paths } from "~/lib/paths";
import { loadHistory, requireSystemAdmin } from "~/portal.server";

export const handle: CrumbHandle = {
  crumbs: [
    { label: "Tools", to: paths.tools },
    { label: "Database Export", to: paths.export },
    { label: "History" },
  ],
};

export const headers = pageHeaders;

export const meta: MetaFunction = () => [{ title: pageTitle("Export history") }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const admin = await requireSystemAdmin(request, context);
  try {
    const { next, ...page } = await loadHistory(admin, request);
    const { query } = page;
    return {
      ...page,
      outcomes: HISTORY_OUTCOMES,
      newest: query.before === undefined ? null : formatHistoryQuery(query, null),
      older: next === null ? null : formatHistoryQuery(query, next),
    };
  } catch (error) {
    throw exportProblem(error, context);
  }
}

/** Where nothing is left out by the filter, nothing has happened yet. */
function NothingYet() {
  return (
    <>
      Nothing has been exported or refused yet.{" "}
      <Link to={paths.export} className="text-accent underline underline-offset-2">
        Go to the export
      </Link>
    </>
  );
}

export default function ExportHistory() {
  const { query, entries, outcomes, people, newest, older } = useLoaderData<typeof loader>();
  const isWhole = query.before === undefined && !isFiltered(query);
  const isUnsettled = query.outcome === "running" || query.outcome === "interrupted";
  return (
    <>
      <PageHeading title="Export history">
        Every export and every refused attempt, from the portal’s audit trail, the latest first.
      </PageHeading>
      <HistoryFilter query={query} outcomes={outcomes} people={people} />
      <section className="mt-8">
        <h2 id="entries" className="sr-only">
          Entries
        </h2>
        {isUnsettled && (
          <p className="text-sm text-ink-soft">
            An export whose portal stopped is listed under Running until a later export begins.
          </p>
        )}
        {entries.length === 0 ? (
          <p className="rounded-xl border border-line bg-surface p-5 text-sm text-ink-soft">
            {isWhole ? <NothingYet /> : "There is no entry that fits."}
          </p>
        ) : (
          <AuditTable entries={entries} labelledBy="entries" />
        )}
      </section>
      {(newest !== null || older !== null) && (
        <nav aria-label="Pages" className="mt-6 flex gap-3">
          {newest !== null && (
            <Link to={`${paths.exportRuns}?${newest}`} className={buttonClasses("secondary")}>
              Newest
            </Link>
          )}
          {older !== null && (
            <Link to={`${paths.exportRuns}?${older}`} className={buttonClasses("secondary")}>
              Older
            </Link>
          )}
        </nav>
      )}
    </>
  );
}
