/** Headers as Node and undici give them, names in lower case. */
export type AnswerHeaders = Record<string, string | string[] | undefined>;

/** The longest wait that is believed: a day. A date may be anything. */
const LONGEST_SECONDS = 86_400;

/** The three forms of a date that RFC 9110 (section 5.6.7) has a recipient accept; all are in GMT. */
const HTTP_DATES = [
  /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/, // Sun, 06 Nov 1994 08:49:37 GMT
  /^\w{6,9}, \d{2}-\w{3}-\d{2} \d{2}:\d{2}:\d{2} GMT$/, // Sunday, 06-Nov-94 08:49:37 GMT
  /^\w{3} \w{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/, // Sun Nov  6 08:49:37 1994
];

/**
 * How many seconds an answer asks to wait before the request is repeated (RFC 9110, section
 * 10.2.3), rounded up; undefined where it does not say, or nothing that can be understood. A date
 * counts from the answer's own `Date`, as the two clocks may differ.
 */
export function retryAfterSeconds(headers: AnswerHeaders): number | undefined {
  const value = single(headers["retry-after"]);
  if (value === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : secondsUntil(value, headers);
  if (seconds === undefined || seconds <= 0) return undefined;
  return Math.min(Math.ceil(seconds), LONGEST_SECONDS);
}

function secondsUntil(date: string, headers: AnswerHeaders): number | undefined {
  const until = parseHttpDate(date);
  if (until === undefined) return undefined;
  return (until - (parseHttpDate(single(headers["date"]) ?? "") ?? Date.now())) / 1000;
}

function parseHttpDate(text: string): number | undefined {
  if (!HTTP_DATES.some((form) => form.test(text))) return undefined;
  const time = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}

function single(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header[0] : header)?.trim();
}
