import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import type { CrumbHandle } from "~/components/breadcrumbs";
import { VerifyByHand } from "~/components/export/verify/verify-by-hand";
import { VerifyFile } from "~/components/export/verify/verify-file";
import { PageHeading } from "~/components/page-heading";
import { pageHeaders, pageTitle } from "~/lib/page";
import { paths } from "~/lib/paths";
import { requireSystemAdmin } from "~/portal.server";

export const handle: CrumbHandle = {
  crumbs: [
    { label: "Tools", to: paths.tools },
    { label: "Database Export", to: paths.export },
    { label: "Verify a file" },
  ],
};

export const headers = pageHeaders;

export const meta: MetaFunction = () => [{ title: pageTitle("Verify a file") }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireSystemAdmin(request, context);
  return null;
}

export default function VerifyExport() {
  return (
    <>
      <PageHeading title="Verify a file">
        Find out whether a file is a complete export, which export made it, and whether it was
        changed since. The file is not uploaded.
      </PageHeading>
      <div className="max-w-3xl space-y-10">
        <VerifyFile />
        <VerifyByHand />
      </div>
    </>
  );
}
