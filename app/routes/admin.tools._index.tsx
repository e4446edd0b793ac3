import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { DatabaseBackup, FileCheck } from "lucide-react";
import type { CrumbHandle } from "~/components/breadcrumbs";
import { LinkCard } from "~/components/link-card";
import { PageHeading } from "~/components/page-heading";
import { pageHeaders, pageTitle } from "~/lib/page";
import { paths } from "~/lib/paths";
import { requireSystemAdmin } from "~/portal.server";

export const handle: CrumbHandle = { crumbs: [{ label: "Tools" }] };

export const headers = pageHeaders;

export const meta: MetaFunction = () => [{ title: pageTitle("Tools") }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireSystemAdmin(request, context);
  return null;
}

export default function Tools() {
  return (
    <>
      <PageHeading title="Tools">
        For work on SupportSignal’s data that needs a system administrator.
      </PageHeading>
      <h2 className="mb-4 text-lg font-semibold tracking-tight">Developer tools</h2>
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <LinkCard icon={DatabaseBackup} title="Database Export" to={paths.export}>
          Download the whole database as one sanitised JSON file, for analysis with Claude Code and
          other tools.
        </LinkCard>
        <LinkCard icon={FileCheck} title="Verify a file" to={paths.exportVerify}>
          Find out whether a file is a complete export, which one it is, and whether it was changed.
        </LinkCard>
      </div>
    </>
  );
}
