import { createHash } from "node:crypto";
import { Authenticator } from "remix-auth";
import { FormStrategy } from "remix-auth-form";
import { z } from "zod";
import type { Accounts, UserId } from "../convex/accounts";
import { SignInError } from "./errors";
import { checkPassword } from "./password.server";

/** Failed sign-ins in 15 minutes, after which further ones are refused. */
const FAILURES_PER_ACCOUNT = 5;
const FAILURES_PER_ADDRESS = 20;

const WRONG = "The email address or the password is not right.";

const credentialsSchema = z.object({
  email: z.string().trim().min(1).max(254), // RFC 5321, longest address
  password: z.string().min(1).max(1024),
});

/**
 * Checks the credentials of a form post with remix-auth's form strategy.
 * @returns The id of the user.
 * @throws SignInError, with one message for a wrong address and a wrong password; ExportError.
 */
export async function authenticate(
  accounts: Accounts,
  request: Request,
  address: string,
): Promise<UserId> {
  if (!isForm(request)) throw new SignInError(400, "Send the sign-in form.");
  const authenticator = new Authenticator<UserId>();
  authenticator.use(
    new FormStrategy(async ({ form }) => {
      const credentials = credentialsSchema.safeParse(Object.fromEntries(form));
      if (!credentials.success) {
        throw new SignInError(400, "Enter your email address and your password.");
      }
      const { email, password } = credentials.data;
      return await throttled(accounts, email, address, async () => {
        const user = await accounts.findForSignIn(email);
        const isRight = await checkPassword(password, user?.passwordHash);
        return isRight && user !== null ? user.userId : null;
      });
    }),
  );
  return await authenticator.authenticate("form", request);
}

function isForm(request: Request): boolean {
  const type = request.headers.get("Content-Type")?.split(";")[0];
  return type === "application/x-www-form-urlencoded" || type === "multipart/form-data";
}

/** Counts failures per account and per address in Convex, so that all replicas share them. */
async function throttled(
  accounts: Accounts,
  email: string,
  address: string,
  check: () => Promise<UserId | null>,
): Promise<UserId> {
  const limits = [
    { key: `account:${hash(email.toLowerCase())}`, maximum: FAILURES_PER_ACCOUNT },
    { key: `address:${hash(address)}`, maximum: FAILURES_PER_ADDRESS },
  ];
  const waitMs = await accounts.signInRetryAfter(limits);
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1000);
    const minutes = Math.ceil(seconds / 60);
    throw new SignInError(
      429,
      `Too many failed sign-ins. Try again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
      seconds,
    );
  }
  const userId = await check();
  if (userId !== null) return userId;
  await accounts.recordSignInFailure(limits.map((limit) => limit.key));
  throw new SignInError(401, WRONG);
}

function hash(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
