/** A sign-in that did not succeed. The message is for the person who signs in. */
export class SignInError extends Error {
  override readonly name = "SignInError";
  constructor(
    readonly status: 400 | 401 | 429 | 503,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}
