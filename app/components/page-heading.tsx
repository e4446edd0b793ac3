import type { ReactNode } from "react";

/** The heading of a page with the sentence or two that say what it is for. */
export function PageHeading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mb-8 max-w-2xl">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      {children !== undefined && <p className="mt-2 leading-relaxed text-ink-soft">{children}</p>}
    </div>
  );
}
