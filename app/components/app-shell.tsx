import type { ReactNode } from "react";
import { Link } from "@remix-run/react";
import { Brand } from "~/components/brand";
import { NavigationStatus } from "~/components/navigation-status";
import { SessionWatch } from "~/components/session-watch";
import { UserMenu } from "~/components/user-menu";
import type { SignedInAdmin } from "~/components/user-menu";
import { paths } from "~/lib/paths";

/** The frame of every page but sign-in. Without `admin` there is neither navigation nor menu. */
export function AppShell({ admin, children }: { admin?: SignedInAdmin; children: ReactNode }) {
  return (
    <>
      <a
        href="#content"
        className="fixed top-2 left-2 z-10 -translate-y-16 rounded-lg bg-accent px-4 py-2 text-sm font-semibold text-accent-ink focus:translate-y-0"
      >
        Skip to content
      </a>
      <header className="border-b border-line bg-surface">
        <div className="page-column flex h-14 items-center justify-between gap-4">
          <div className="flex items-center gap-3">
            <Link to={paths.admin} className="inline-flex rounded-lg">
              <Brand />
            </Link>
            <span className="hidden rounded-md border border-line px-1.5 py-0.5 text-xs text-ink-soft sm:block">
              Admin
            </span>
          </div>
          {admin && <UserMenu admin={admin} />}
        </div>
      </header>
      <NavigationStatus />
      <main id="content" tabIndex={-1} className="page-column py-8 outline-none sm:py-10">
        {children}
      </main>
      {admin && <SessionWatch ends={admin.session} />}
    </>
  );
}
