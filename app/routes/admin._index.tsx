import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Wrench } from "lucide-react";
import { LinkCard } from "~/components/link-card";
import { PageHeading } from "~/components/page-heading";
import { pageHeaders, pageTitle } from "~/lib/page";
import { paths } from "~/lib/paths";
import { requireSystemAdmin } from "~/portal.server";

export const headers = pageHeaders;

export const meta: MetaFunction = () => [{ title: pageTitle("Home") }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireSystemAdmin(request, context);
  return null;
}

export default function AdminHome() {
  return (
    <>
      <PageHeading title="Administration">
        What a system administrator needs to look after SupportSignal.
      </PageHeading>
      <h2 className="sr-only">Areas</h2>
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <LinkCard icon={Wrench} title="Tools" to={paths.tools}>
          Work with the database: see what it holds and export it for analysis.
        </LinkCard>
      </div>
    </>
  );
}
