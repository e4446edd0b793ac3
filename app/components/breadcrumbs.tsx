import { Link, useMatches } from "@remix-run/react";
import { ChevronRight } from "lucide-react";

/** One step of the way to a page; the page itself, which is last, has no address. */
export interface Crumb {
  label: string;
  to?: string;
}

/** What a route exports as `handle` to appear in the breadcrumb. */
export interface CrumbHandle {
  crumbs: readonly Crumb[];
}

/** The way from the portal's home to this page, put together from the matched routes. */
export function Breadcrumbs() {
  const crumbs = useMatches().flatMap(({ handle }) => (isCrumbHandle(handle) ? handle.crumbs : []));
  if (crumbs.length < 2) return null;
  return (
    <nav aria-label="Breadcrumb" className="mb-5 text-sm text-ink-soft">
      <ol className="flex flex-wrap items-center gap-x-1.5 gap-y-1">
        {crumbs.map((crumb, index) => {
          const isPage = index === crumbs.length - 1;
          return (
            <li key={crumb.label} className="flex items-center gap-1.5">
              {index > 0 && <ChevronRight aria-hidden="true" className="size-3.5 opacity-60" />}
              {isPage || crumb.to === undefined ? (
                <span aria-current={isPage ? "page" : undefined} className="text-ink">
                  {crumb.label}
                </span>
              ) : (
                <Link to={crumb.to} className="rounded-sm hover:text-ink hover:underline">
                  {crumb.label}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function isCrumbHandle(handle: unknown): handle is CrumbHandle {
  return typeof handle === "object" && handle !== null && "crumbs" in handle;
}
