import { data } from "@remix-run/node";
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Links, Meta, Outlet, ScrollRestoration } from "@remix-run/react";
import { useContext } from "react";
import type { ReactNode } from "react";
import { AppShell } from "~/components/app-shell";
import type { RootData } from "~/components/csrf-field";
import { describeError } from "~/components/error-description";
import { ErrorPage } from "~/components/error-page";
import { LateScripts } from "~/components/late-scripts";
import { NonceContext } from "~/components/nonce";
import { REQUEST_ID_META, useDocumentRequestId } from "~/components/request-id";
import { Toaster } from "~/components/toaster";
import { pageHeaders, pageTitle } from "~/lib/page";
import { csrf } from "~/portal.server";
import stylesheet from "~/styles/app.css?url";

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: stylesheet },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
];

export const meta: MetaFunction = ({ error }) => [
  { title: pageTitle(error === undefined ? undefined : describeError(error).title) },
];

export const headers = pageHeaders;

/** The token of the forms. It asks nobody, so that error pages have it when Convex is away. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { field, setCookie } = await csrf.issue(request);
  const loaded: RootData = { formToken: field };
  return data(loaded, setCookie === undefined ? {} : { headers: { "Set-Cookie": setCookie } });
}

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useContext(NonceContext);
  return (
    <html lang="en-AU">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name={REQUEST_ID_META} content={useDocumentRequestId()} />
        <meta name="robots" content="noindex" />
        <Meta />
        <Links />
      </head>
      <body className="min-h-dvh font-sans antialiased">
        {children}
        <Toaster />
        <ScrollRestoration nonce={nonce} />
        <LateScripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}

/** For errors outside the administration: sign-in, unknown addresses. */
export function ErrorBoundary() {
  return (
    <AppShell>
      <ErrorPage />
    </AppShell>
  );
}
