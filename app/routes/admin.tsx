import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Outlet, useLoaderData, useRouteLoaderData } from "@remix-run/react";
import { AppShell } from "~/components/app-shell";
import { Breadcrumbs } from "~/components/breadcrumbs";
import type { CrumbHandle } from "~/components/breadcrumbs";
import { describeError } from "~/components/error-description";
import { ExportRunProvider } from "~/components/export/export-run-provider";
import { ErrorPage } from "~/components/error-page";
import type { SignedInAdmin } from "~/components/user-menu";
import { pageHeaders, pageTitle } from "~/lib/page";
import { paths } from "~/lib/paths";
import { requireSystemAdmin } from "~/portal.server";

export const handle: CrumbHandle = { crumbs: [{ label: "Home", to: paths.admin }] };

export const headers = pageHeaders;

export const meta: MetaFunction = ({ error }) => [
  { title: pageTitle(error === undefined ? undefined : describeError(error).title) },
];

export async function loader({ request, context }: LoaderFunctionArgs): Promise<SignedInAdmin> {
  const { name, email, role, session } = await requireSystemAdmin(request, context);
  return { name, email, role, session };
}

export default function AdminLayout() {
  return (
    <AppShell admin={useLoaderData<typeof loader>()}>
      <Breadcrumbs />
      <ExportRunProvider>
        <Outlet />
      </ExportRunProvider>
    </AppShell>
  );
}

/** Keeps the frame around the error of a page; the guard's own error has nobody to show in it. */
export function ErrorBoundary() {
  return (
    <AppShell admin={useRouteLoaderData<typeof loader>("routes/admin")}>
      <Breadcrumbs />
      <ErrorPage />
    </AppShell>
  );
}
