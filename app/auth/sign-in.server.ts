import { createHash } from "node:crypto";
import pLimit from "p-limit";
import { Authenticator } from "remix-auth";
import { FormStrategy } from "remix-auth-form";
import { z } from "zod";
import type { Accounts, UserId } from "../convex/accounts";
import { SignInError } from "./errors";
import { checkPassword } from "./password.server";

/** Failed sign-ins in 15 minutes, after which further ones are refused. */
const FAILURES_PER_ACCOUNT = 5;
const FAILURES_PER_ADDRESS = 20;

/**
 * Sign-ins that are worked on at once. A right one counts as failed until its password was checked,
 * so there are fewer than one account may have.
 */
const SIGN_INS_AT_ONCE = FAILURES_PER_ACCOUNT - 1;

/** Sign-ins that wait for their turn: the last one for some 5 seconds. */
const SIGN_INS_WAITING = 16;

/** Seconds after which those that are waiting have had their turn. */
const RETRY_AFTER_SECONDS = 10;

const WRONG = "The email address or the password is not right.";

const credentialsSchema = z.object({
  email: z.string().trim().min(1).max(254), // RFC 5321, longest address
  password: z.string().min(1).max(1024),
});

type Credentials = z.infer<typeof credentialsSchema>;

/** Checks credentials, a bounded number at once. */
export class SignIns {
  private readonly turns = pLimit(SIGN_INS_AT_ONCE);

  constructor(private readonly accounts: Accounts) {}

  /**
   * Checks the credentials of a form post with remix-auth's form strategy.
   * @param address Of the client.
   * @returns The id of the user.
   * @throws SignInError, with one message for a wrong address and a wrong password; ExportError.
   */
  async authenticate(request: Request, address: string): Promise<UserId> {
    if (!isForm(request)) throw new SignInError(400, "Send the sign-in form.");
    const authenticator = new Authenticator<UserId>();
    authenticator.use(
      new FormStrategy(async ({ form }) => {
        const credentials = credentialsSchema.safeParse(Object.fromEntries(form));
        if (!credentials.success) {
          throw new SignInError(400, "Enter your email address and your password.");
        }
        if (this.turns.pendingCount >= SIGN_INS_WAITING) {
          const message = "Many people are signing in. Try again in a moment.";
          throw new SignInError(503, message, RETRY_AFTER_SECONDS);
        }
        return await this.turns(() => this.check(credentials.data, address));
      }),
    );
    return await authenticator.authenticate("form", request);
  }

  /** Counts failures per account and per address in Convex, so that all replicas share them. */
  private async check({ email, password }: Credentials, address: string): Promise<UserId> {
    const limits = [
      { key: `account:${hash(email.toLowerCase())}`, maximum: FAILURES_PER_ACCOUNT },
      { key: `address:${hash(address)}`, maximum: FAILURES_PER_ADDRESS },
    ];
    const begunAt = Date.now();
    const waitMs = await this.accounts.beginSignIn(limits, begunAt);
    if (waitMs > 0) throw tooManyFailures(waitMs);
    let isWrong = false;
    try {
      const user = await this.accounts.findForSignIn(email);
      const isRight = await checkPassword(password, user?.passwordHash);
      if (isRight && user !== null) return user.userId;
      isWrong = true;
      throw new SignInError(401, WRONG);
    } finally {
      if (!isWrong) await this.takeBack(limits, begunAt);
    }
  }

  private async takeBack(limits: { key: string }[], begunAt: number): Promise<void> {
    const keys = limits.map(({ key }) => key);
    // Where it fails, one failure too many is on record, which is no reason to refuse anybody.
    await this.accounts.takeBackSignIn(keys, begunAt).catch(() => undefined);
  }
}

function isForm(request: Request): boolean {
  const type = request.headers.get("Content-Type")?.split(";")[0];
  return type === "application/x-www-form-urlencoded" || type === "multipart/form-data";
}

function tooManyFailures(waitMs: number): SignInError {
  const seconds = Math.ceil(waitMs / 1000);
  const minutes = Math.ceil(seconds / 60);
  return new SignInError(
    429,
    `Too many failed sign-ins. Try again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
    seconds,
  );
}

function hash(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
