import { redirect, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import type { CrumbHandle } from "~/components/breadcrumbs";
import { SegmentForm } from "~/components/export/segment-form";
import { PageHeading } from "~/components/page-heading";
import { exportProblem } from "~/http/export-problem.server";
import type { ProblemDetails } from "~/http/problem-details";
import { pageHeaders, pageTitle } from "~/lib/page";
import { paths } from "~/lib/paths";
import { describeFailedSegment, loadSegment, requireExporter } from "~/portal.server";

export const handle: CrumbHandle = {
  crumbs: [
    { label: "Tools", to: paths.tools },
    { label: "Database Export", to: paths.export },
    { label: "Part of the database" },
  ],
};

export const headers = pageHeaders;

export const meta: MetaFunction = () => [{ title: pageTitle("Part of the database") }];

/**
 * The form of a segment with what it holds. With `go=export` it leads on to the download; with
 * `go=count`, as the form itself asks, a failure is a part of the answer.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const entered = new URL(request.url).searchParams;
  const go = entered.get("go");
  entered.delete("go");
  const isStart = go === "export";
  try {
    const admin = await requireExporter(request, context, "page");
    const segment = await loadSegment(admin, entered, request.signal, { isCounted: !isStart });
    if (isStart && segment.problems.length === 0) return redirect(segment.address);
    return segment;
  } catch (error) {
    const problem = error instanceof Response ? error : exportProblem(error, context);
    // An error page would take the place of the page that has the form in it.
    if (go !== "count" || problem.status < 500) throw problem;
    const { detail } = (await problem.json()) as ProblemDetails;
    return describeFailedSegment(entered, detail);
  }
}

export default function Segment() {
  const segment = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading title="Part of the database">
        Export some companies, sites, participants, days or tables. Whatever their records refer to
        is in the file as well, so that no reference leads nowhere.
      </PageHeading>
      <section className="rounded-xl border border-line bg-surface px-5 pt-5 shadow-card sm:px-6">
        <SegmentForm initial={segment} />
      </section>
    </>
  );
}
