import { redirect } from "@remix-run/node";
import type { Accounts, Actor } from "../convex/accounts";
import { exportProblem } from "../http/export-problem.server";
import type { RequestContext } from "../http/load-context";
import { acceptsHtml, problemResponse } from "../http/problem.server";
import { safeRedirect } from "../http/safe-redirect";
import {
  createSessionCookie,
  createToken,
  hashToken,
  readToken,
  SESSION_MS,
} from "./session-cookie.server";
import { authenticate } from "./sign-in.server";

/** Where a sign-in leads without a better address. */
const HOME = "/admin";

/** A system administrator with a session, checked for this request. */
export interface Admin {
  userId: string;
  name: string;
  email: string;
  role: string;
  /** ms since the epoch */
  sessionExpires: number;
  /** Names the session to Convex, which checks it again. */
  actor: Actor;
}

interface AuthOptions {
  accounts: Accounts;
  secrets: readonly string[];
  isSecure: boolean;
}

/** Sessions and the one guard of the portal. */
export class Auth {
  private readonly accounts: Accounts;
  private readonly cookie: ReturnType<typeof createSessionCookie>;

  constructor({ accounts, secrets, isSecure }: AuthOptions) {
    this.accounts = accounts;
    this.cookie = createSessionCookie(secrets, isSecure);
  }

  /**
   * The guard of every loader and action under /admin. The role is read from the database for
   * each request, so a changed one counts at once.
   * @throws Response: to the sign-in page, or 401; 403; 502 to 504 where Convex does not answer.
   */
  async requireSystemAdmin(request: Request, context: RequestContext): Promise<Admin> {
    const session = await this.findSession(request).catch((error: unknown) => {
      throw exportProblem(error, context);
    });
    if (session === null) throw this.notSignedIn(request, context);
    if (session.kind === "impersonation" || session.role !== "system_admin") {
      const detail =
        session.kind === "impersonation"
          ? "An impersonation session cannot use the administration portal. End it, and sign in as yourself."
          : `You are signed in as ${session.email}. Only a system administrator may use this portal.`;
      throw problemResponse({
        status: 403,
        title: "Not allowed",
        detail,
        requestId: context.requestId,
      });
    }
    const { userId, name, email, role, expires, actor } = session;
    return { userId, name, email, role, sessionExpires: expires, actor };
  }

  /**
   * Signs in by the form of the request, and leads to its `redirectTo`.
   * @throws SignInError, ExportError
   */
  async signIn(request: Request, context: RequestContext): Promise<Response> {
    const previous = await readToken(this.cookie, request);
    const userId = await authenticate(this.accounts, request, context.address);
    const token = createToken();
    await this.accounts.createSession(userId, hashToken(token), Date.now() + SESSION_MS);
    if (previous !== null) await this.removeSession(previous);
    const target = new URL(request.url).searchParams.get("redirectTo");
    return redirect(safeRedirect(target, HOME), {
      headers: { "Set-Cookie": await this.cookie.serialize(token) },
    });
  }

  /** Deletes the session's row and the cookie. */
  async signOut(request: Request): Promise<Response> {
    const token = await readToken(this.cookie, request);
    if (token !== null) await this.removeSession(token);
    return redirect("/login", {
      headers: { "Set-Cookie": await this.cookie.serialize("", { maxAge: 0 }) },
    });
  }

  /** Where a request that is signed in already leads; null where it is not. */
  async signedInTarget(request: Request): Promise<string | null> {
    const session = await this.findSession(request);
    if (session?.role !== "system_admin" || session.kind === "impersonation") return null;
    return safeRedirect(new URL(request.url).searchParams.get("redirectTo"), HOME);
  }

  private async findSession(request: Request) {
    const token = await readToken(this.cookie, request);
    if (token === null) return null;
    const tokenHash = hashToken(token);
    const session = await this.accounts.resolveSession(tokenHash);
    if (session === null || session.expires <= Date.now()) return null;
    return { ...session, actor: { kind: "session", tokenHash } satisfies Actor };
  }

  private async removeSession(token: string): Promise<void> {
    await this.accounts.removeSession(hashToken(token));
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
