import type { Value } from "convex/values";

/**
 * What looks like a credential, by its name or by itself. Every pattern takes linear time: one that
 * goes on after a repetition bounds it, or cannot meet its own beginning inside of it.
 */

const CREDENTIAL_KEY =
  /passw(or)?d|passphrase|passcode|secret|token|authori[sz]ation|cookie|credential|(api|access|private|signing|encryption|master|storage|account|deploy|admin|webhook|ssh|auth|hmac|shared|license|subscription|pass)_?key|sess(ion)?_?id|connection_?string|(recovery|backup|verification|security|mfa|otp|pin|auth)_?codes?$|(^|_)(pwd|pin|otp|totp|jwt|dsn|csrf|xsrf|cvv|cvc)(_|$)|^(pass|auth|bearer|sig|signature|sid|sas)$|(^|_)(auth|sas)_(header|value|signature)$/;

/** Token counts of language models are numbers that analysis needs, not credentials. */
const TOKEN_COUNT_KEY = /(^|_)tokens($|_)|_tokens?_(count|limit|used)$|^token_(count|limit|usage)/;

/** Longest name that is looked at as one: prose that mentions a password is no name. */
const LONGEST_NAME = 128;

/** `apiKey`, `API-Key` and `api_key` all become `api_key`. */
export function snakeCase(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

type Named = "credential" | "token_count" | "other";

/** What was found of the names that came so far: they are the same in most documents. */
const found = new Map<string, Named>();
const MOST_FOUND = 1000;

/** Whether the name of a value says that it is a credential. */
export function isCredentialKey(key: string, value: Value): boolean {
  let named = found.get(key);
  if (named === undefined) {
    named = whatIsNamed(key);
    if (found.size < MOST_FOUND) found.set(key, named);
  }
  const isNumber = typeof value === "number" || typeof value === "bigint";
  return named === "credential" || (named === "token_count" && !isNumber);
}

function whatIsNamed(key: string): Named {
  const name = snakeCase(key.slice(0, LONGEST_NAME));
  if (!CREDENTIAL_KEY.test(name)) return "other";
  return TOKEN_COUNT_KEY.test(name) ? "token_count" : "credential";
}

/** Whether a text in a list, or under a key such as `name`, names a credential beside it. */
export function isCredentialLabel(label: Value | undefined, value: Value): boolean {
  return typeof label === "string" && label.length <= 64 && isCredentialKey(label, value);
}

/** Headers as a flat list alternate between names and values, as Node's `rawHeaders` do. */
export function isCredentialHeader(name: Value): boolean {
  return (
    typeof name === "string" &&
    /^((proxy-)?authorization|(set-)?cookie|x-[a-z-]{0,40}(key|token|secret|signature))$/i.test(
      name,
    )
  );
}

/** A quoted value behind a name, or one behind `=` without a space: settings and logs, not prose. */
const NAMED_VALUE =
  /(passw(or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|authorization|cookie|\bpwd)(\\?["'])?(\s{0,4}[:=]\s{0,4}\\?["'][^"'\\\s][^"'\\]{3}|=[^\s"'<>&;,]{6})/i;
const ASSIGNMENT = /=|:\s{0,4}\\?["']/;

/** Those that need no long run of characters. */
const SHORT_CREDENTIAL = anyOf([
  /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/, // PEM, OpenSSH, PGP, SSH2; also without its end
  /\b[Bb](?:asic|ASIC)\s{1,8}(?=[A-Za-z+/]{0,40}(?:\d|[a-z][A-Z]))[\w+/]{8}/, // Authorization header
  /\/\/[^/\s:@]{0,256}:[^/\s@]{1,256}@/, // user and password in a URL
]);

/** Those with at least `LONG_RUN` characters and no space in between: prose has few such runs. */
const LONG_CREDENTIAL = anyOf([
  /PuTTY-User-Key-File-/,
  /AGE-SECRET-KEY-1/,
  /\bM(?:II[\w+/]{3}IB(?:ADANBgkqhk|AAKC)|(?:IG|C4|FE)[\w+/]{4}BgUr|H[c-f]CAQEEI)/, // PEM, unwrapped
  /\b[Bb](?:earer|EARER)\s{1,8}[\w+/=.~-]{16}/, // Authorization header
  /\b[rsp]k[-_](?:live|test|ant|proj|svcacct|admin|or|lf)[-_][\w-]{8}/, // Stripe, Anthropic, OpenAI
  /\bsk-(?=[\w-]{0,40}\d)[\w-]{20}/, // OpenAI, older, and many others
  /\bwhsec_\w{16}/, // Stripe, webhooks
  /\bgithub_pat_\w{20}/,
  /\bgh[oprsu]_\w{20}/, // GitHub
  /\bgl(?:pat|dt|rt|ptt|cbt|soat|ft|imt|agent)-[\w-]{16}/, // GitLab
  /\bA(?:KIA|SIA|BIA|CCA)[0-9A-Z]{16}\b/, // AWS
  /\bAIza[\w-]{30}/, // Google: API key, OAuth client secret, access and refresh token
  /\bGOCSPX-[\w-]{20}/,
  /\bya29\.[\w-]{20}/,
  /\b1\/\/0[\w-]{20}/,
  /\bxox[abeoprs]-[\w-]{11}/, // Slack
  /\bxapp-\d-[\w-]{10}/,
  /hooks\.slack\.com\/services\/\w/,
  /\bnpm_[A-Za-z0-9]{30}/,
  /\bpypi-[\w-]{16}/,
  /\bSG\.[\w-]{16,64}\.[\w-]{16}/, // SendGrid
  /\b(?:SK|AC)[0-9a-f]{32}\b/, // Twilio
  /\bkey-[0-9a-f]{32}\b/, // Mailgun
  /\bhf_[A-Za-z]{30}/, // Hugging Face
  /\b(?:gsk|pplx|xai|r8|lin_api|ntn|sbp|dop_v1|shpat|shpss|dapi|sntrys|pscale_tkn)[_-]?(?=[\w-]{0,40}\d)[\w-]{24}/,
  /\bhvs\.[\w-]{20}/, // HashiCorp Vault
  /\w\|[A-Za-z0-9][\w+/=]{31}/, // Convex deploy and admin keys: name|secret
  /\$2[abxy]?\$\d\d\$[./\w]{22}/, // bcrypt
  /\$argon2(?:id|i|d)\$/,
  /\$scrypt\$|\bscrypt:\d/,
]);
const LONG_RUN = 16;

/** A credential in the query of a URL. */
const URL_PARAMETER =
  /[?&#](?:[a-z]{1,10}[_-])?(?:token|api_?key|key|auth|secret|password|signature|sig|credential|code)=[^&\s]{8}/i;

function anyOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join("|"));
}

/** Whether a text holds a credential, as far as credentials can be told by their form. */
export function holdsCredential(text: string): boolean {
  if (SHORT_CREDENTIAL.test(text)) return true;
  if (ASSIGNMENT.test(text) && NAMED_VALUE.test(text)) return true;
  if (!hasLongRun(text)) return false;
  return LONG_CREDENTIAL.test(text) || URL_PARAMETER.test(text) || holdsJsonWebToken(text);
}

/** Whether there are `LONG_RUN` characters without a space. Looks back from where one would end. */
function hasLongRun(text: string): boolean {
  for (let end = LONG_RUN - 1; end < text.length;) {
    const start = end - LONG_RUN + 1;
    let at = end;
    while (at >= start && text.charCodeAt(at) > 0x20) at -= 1;
    if (at < start) return true;
    end = at + LONG_RUN;
  }
  return false;
}

/** Three runs of base64url, the first with `{"` in front; each run is looked at once. */
function holdsJsonWebToken(text: string): boolean {
  let at = text.indexOf("eyJ");
  while (at !== -1) {
    JWT_HERE.lastIndex = at;
    if (JWT_HERE.test(text)) return true;
    RUN_HERE.lastIndex = at;
    RUN_HERE.test(text);
    at = text.indexOf("eyJ", Math.max(RUN_HERE.lastIndex, at + 3));
  }
  return false;
}

const JWT_HERE = /eyJ[\w-]{8,}\.[\w-]*\.[\w-]*/y;
const RUN_HERE = /[\w-]+/y;
