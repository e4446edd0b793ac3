import { ChevronDown } from "lucide-react";
import { SignOutForm } from "~/components/sign-out-form";
import { LocalTime } from "~/components/local-time";
import type { SessionEnds } from "~/lib/session-ends";
import { formatRole, initialsOf } from "~/lib/format";

/** Who is signed in, as the pages show it. Nothing here lets anyone act as them. */
export interface SignedInAdmin {
  name: string;
  email: string;
  role: string;
  session: SessionEnds;
}

const MENU_ID = "user-menu";

// The browser's own popover closes on Escape and outside clicks, and needs no JavaScript, so that
// signing out never depends on it. React 18 lacks the types; it renders the attributes as they are.
const opensMenu = { popovertarget: MENU_ID };
const isMenu = { popover: "auto" };

/** Name, role and sign-out of the signed-in administrator. */
export function UserMenu({ admin }: { admin: SignedInAdmin }) {
  return (
    <>
      <button
        type="button"
        {...opensMenu}
        aria-label={`Account: ${admin.name}`}
        className="flex items-center gap-2 rounded-full border border-line bg-surface py-1 pr-2.5 pl-1 text-sm transition-colors hover:bg-sunken"
      >
        <Avatar name={admin.name} />
        <span className="hidden max-w-48 truncate font-semibold sm:block">{admin.name}</span>
        <ChevronDown aria-hidden="true" className="size-4 text-ink-soft" />
      </button>
      <div
        id={MENU_ID}
        {...isMenu}
        className="user-menu w-72 max-w-[calc(100vw-2rem)] rounded-xl border border-line bg-surface p-4 text-sm text-ink shadow-raised"
      >
        <p className="truncate font-semibold">{admin.name}</p>
        <p className="truncate text-ink-soft">{admin.email}</p>
        <dl className="my-4 space-y-2 border-y border-line py-3">
          <div>
            <dt className="text-xs text-ink-soft">Role</dt>
            <dd>{formatRole(admin.role)}</dd>
          </div>
          <div>
            <dt className="text-xs text-ink-soft">Session ends</dt>
            <dd>
              <LocalTime moment={admin.session.ends} />
              <span className="block text-ink-soft">or after 60 minutes without use</span>
            </dd>
          </div>
        </dl>
        <SignOutForm className="w-full" hasEverywhere />
      </div>
    </>
  );
}

function Avatar({ name }: { name: string }) {
  return (
    <span
      aria-hidden="true"
      className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
    >
      {initialsOf(name)}
    </span>
  );
}
