import { redirect } from "@remix-run/node";
import type { Accounts, Actor } from "../convex/accounts";
import { exportProblem } from "../http/export-problem.server";
import type { RequestContext } from "../http/load-context";
import { acceptsHtml, problemResponse } from "../http/problem.server";
import { safeRedirect } from "../http/safe-redirect";
import type { SessionEnds } from "../lib/session-ends";
import {
  createSessionCookie,
  createToken,
  extendedExpiry,
  hashToken,
  IDLE_MS,
  readToken,
  SESSION_MS,
} from "./session-cookie.server";
import { waitBriefly } from "./side-work.server";
import { SignIns } from "./sign-in.server";

/** Where a sign-in leads without a better address. */
const HOME = "/admin";

/** A system administrator with a session, checked for this request. */
export interface Admin {
  userId: string;
  name: string;
  email: string;
  role: string;
  session: SessionEnds;
  /** Names the session to Convex, which checks it again. */
  actor: Actor;
}

interface GuardOptions {
  /** Told of a session that may not, before it is refused. */
  onDenied?: (denied: Denied) => Promise<void>;
  /** Whether the request is a use, which makes the session last longer. It is by default. */
  isUse?: boolean;
}

/** A session that may not use the portal. */
export interface Denied {
  tokenHash: string;
  reason: "role" | "impersonation";
}

type Session = NonNullable<Awaited<ReturnType<Accounts["resolveSession"]>>> & {
  tokenHash: string;
};

interface AuthOptions {
  accounts: Accounts;
  secrets: readonly string[];
  isSecure: boolean;
}

/** Sessions and the one guard of the portal. */
export class Auth {
  private readonly accounts: Accounts;
  private readonly signIns: SignIns;
  private readonly cookie: ReturnType<typeof createSessionCookie>;
  /** By request: several loaders may answer one, and each has its guard. */
  private readonly sessions = new WeakMap<RequestContext, Promise<Session | null>>();

  constructor({ accounts, secrets, isSecure }: AuthOptions) {
    this.accounts = accounts;
    this.signIns = new SignIns(accounts);
    this.cookie = createSessionCookie(secrets, isSecure);
  }

  /**
   * The guard of every loader and action under /admin. The role is read from the database for
   * each request, so a changed one counts at once.
   * @throws Response: to the sign-in page, or 401; 403; 502 to 504 where Convex does not answer.
   */
  async requireSystemAdmin(
    request: Request,
    context: RequestContext,
    { onDenied, isUse = true }: GuardOptions = {},
  ): Promise<Admin> {
    const session = await this.sessionOf(request, context, isUse).catch((error: unknown) => {
      throw exportProblem(error, context);
    });
    if (session === null) throw this.notSignedIn(request, context);
    const { userId, name, email, role, createdAt, expires, tokenHash } = session;
    context.identify(userId);
    if (!isAdmin(session)) {
      const isImpersonation = session.kind === "impersonation";
      await onDenied?.({ tokenHash, reason: isImpersonation ? "impersonation" : "role" });
      const detail = isImpersonation
        ? "An impersonation session cannot use the administration portal. End it, and sign in as yourself."
        : `You are signed in as ${email}. Only a system administrator may use this portal.`;
      throw problemResponse({
        status: 403,
        title: "Not allowed",
        detail,
        requestId: context.requestId,
      });
    }
    const actor: Actor = { kind: "session", tokenHash };
    const ends = { now: Date.now(), idleEnds: expires, ends: createdAt + SESSION_MS };
    return { userId, name, email, role, session: ends, actor };
  }

  /**
   * Signs in by the form of the request, and leads to its `redirectTo`.
   * @throws SignInError, ExportError
   */
  async signIn(request: Request, context: RequestContext): Promise<Response> {
    const previous = await this.claimedSession(request);
    const userId = await this.signIns.authenticate(request, context.address);
    context.identify(userId);
    const token = createToken();
    await this.accounts.createSession(userId, hashToken(token), Date.now() + IDLE_MS);
    if (previous !== null) await this.accounts.removeSession(previous);
    const target = new URL(request.url).searchParams.get("redirectTo");
    return redirect(safeRedirect(target, HOME), {
      headers: { "Set-Cookie": await this.cookie.serialize(token) },
    });
  }

  /**
   * Deletes the session's row and the cookie.
   * @param isEverywhere Whether all other portal sessions of the user end as well.
   * @throws ExportError; the session is then still there, to try again.
   */
  async signOut(request: Request, isEverywhere = false): Promise<Response> {
    const tokenHash = await this.claimedSession(request);
    if (tokenHash !== null) {
      if (isEverywhere) await this.accounts.removeAllSessions(tokenHash);
      else await this.accounts.removeSession(tokenHash);
    }
    return redirect("/login", {
      headers: { "Set-Cookie": await this.cookie.serialize("", { maxAge: 0 }) },
    });
  }

  /** Where a request that is signed in already leads; null where it is not. */
  async signedInTarget(request: Request): Promise<string | null> {
    const session = await this.findSession(request);
    if (session === null || !isAdmin(session)) return null;
    return safeRedirect(new URL(request.url).searchParams.get("redirectTo"), HOME);
  }

  /** Names the session that a request says it has, for whoever looks it up; null where it has none. */
  async claimedSession(request: Request): Promise<string | null> {
    const token = await readToken(this.cookie, request);
    return token === null ? null : hashToken(token);
  }

  /** The session of a request, looked up once, and extended where the request is a use and that is due. */
  private sessionOf(
    request: Request,
    context: RequestContext,
    isUse: boolean,
  ): Promise<Session | null> {
    const known = this.sessions.get(context);
    if (known !== undefined) return known;
    const session = this.findSession(request).then(async (found) => {
      if (found === null || !isUse || !isAdmin(found)) return found;
      return { ...found, expires: await this.extend(found, context) };
    });
    this.sessions.set(context, session);
    return session;
  }

  private async findSession(request: Request): Promise<Session | null> {
    const tokenHash = await this.claimedSession(request);
    if (tokenHash === null) return null;
    const session = await this.accounts.resolveSession(tokenHash);
    if (session === null || session.expires <= Date.now()) return null;
    return { ...session, tokenHash };
  }

  /**
   * Before an export pins its timestamp: any commit lets Convex drop an older one.
   * @returns When the session ends without further use, as far as that was written down.
   */
  private async extend(session: Session, context: RequestContext): Promise<number> {
    const extended = extendedExpiry(session, Date.now());
    if (extended === null) return session.expires;
    let { expires } = session;
    const extension = this.accounts.extendSession(session.tokenHash, extended).then(() => {
      expires = extended;
    });
    await waitBriefly(extension, context, "the use of a session was not written down");
    return expires;
  }

  private notSignedIn(request: Request, { isDataRequest, requestId }: RequestContext): Response {
    const isReading = request.method === "GET" || request.method === "HEAD";
    if (acceptsHtml(request) || isDataRequest) {
      const { pathname, search } = new URL(request.url);
      const query = isReading ? `?redirectTo=${encodeURIComponent(pathname + search)}` : "";
      return redirect(`/login${query}`, { headers: { "Cache-Control": "private, no-store" } });
    }
    return problemResponse({
      status: 401,
      title: "Not signed in",
      detail: "Sign in at /login and send the session cookie.",
      requestId,
    });
  }
}

function isAdmin({ kind, role }: Session): boolean {
  return kind === "user" && role === "system_admin";
}
