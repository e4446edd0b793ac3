import type { ReactNode } from "react";
import { Link } from "@remix-run/react";
import { ArrowRight } from "lucide-react";
import type { LucideIcon } from "lucide-react";

interface LinkCardProps {
  icon: LucideIcon;
  title: string;
  to: string;
  children: ReactNode;
}

/** A card that leads to another page; all of it can be clicked, its title is the link. */
export function LinkCard({ icon: Icon, title, to, children }: LinkCardProps) {
  return (
    <article className="group relative rounded-xl border border-line bg-surface p-5 shadow-card transition-colors hover:border-line-strong">
      <span className="mb-4 grid size-10 place-items-center rounded-lg bg-accent-soft text-accent">
        <Icon aria-hidden="true" className="size-5" />
      </span>
      <h3 className="font-semibold">
        <Link to={to} className="after:absolute after:inset-0 after:rounded-xl">
          {title}
        </Link>
        <ArrowRight
          aria-hidden="true"
          className="ml-1.5 inline size-4 text-ink-soft transition-transform group-hover:translate-x-0.5"
        />
      </h3>
      <p className="mt-1.5 text-sm leading-relaxed text-ink-soft">{children}</p>
    </article>
  );
}
