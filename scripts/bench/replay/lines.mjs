/**
 * Documents as the text of an answer: every line of the file, with its separator, escaped once more
 * as it stands in a JSON string. All are equally long, so that any page is a part of one buffer.
 */

/** Bytes of a line in the file, with its separator. */
export const FILE_LINE_BYTES = 600;

/** What stands between two lines, in the file and in the answer. */
const SEPARATOR = ",\n";
const WIRE_SEPARATOR = escaped(SEPARATOR);
export const WIRE_SEPARATOR_BYTES = WIRE_SEPARATOR.length;

/** Digits of a document's number in its id and in its creation time. */
const DIGITS = 9;
const ID_PREFIX = "jd7f3x9k2m5p8r1t4v6w0y3";
const FIRST_TIME_MS = 1_700_000_000_000; // ends in as many zeros as there are digits
const TIME_FRACTION = 0.25; // as Convex has fractions of a millisecond

/** Sentences of notes, with what JSON escapes and with characters of two to four bytes. */
const SENTENCES = [
  "Staff heard a call from the kitchen and found the participant seated on the floor.",
  "No injury was seen; the café visit of the afternoon went ahead as planned.",
  "The blister pack for 20:00 was still sealed — the coordinator was rung at once.",
  "Pulse and breathing were normal, temperature 36.9 °C, and colour was good.",
  "Zoë’s mother was told by phone and thanked the team for the quick call.",
  "The van was moved to bay 4 and the scratch was photographed 📷 for the report.",
  "A second worker stayed in the room while the first wrote down what was said.",
  "The smoke alarm was tested again and gave a clear signal in each bedroom.",
];

/** Enough different lines that none is learnt by heart by a branch predictor. */
const VARIANTS = 16;

/** @param {number} index */
function lineTemplate(index) {
  const sentence = SENTENCES[index % SENTENCES.length];
  const before = {
    _id: ID_PREFIX + "0".repeat(DIGITS),
    _creationTime: FIRST_TIME_MS + TIME_FRACTION,
    company_id: "jh72c9d4e6f8g0h1j3k5m7n9p2q4r6s8",
    incident_id: "jn7" + String(index).padStart(29, "a"),
    site_id: "k572c9d4e6f8g0h1j3k5m7n9p2q4r6",
    status: ["draft", "in_review", "completed"][index % 3],
    phase: "before_event",
    severity: "low",
    category: "fall",
    shift: "evening",
    language: "en-AU",
    version: index,
    is_complete: index % 2 === 0,
    tags: ["night", "follow_up"],
    narrative: `${sentence}\n\n"I am fine," they said.\n`,
    created_at: FIRST_TIME_MS - index,
  };
  const line = JSON.stringify({ ...before, extra: "" });
  const left = FILE_LINE_BYTES - SEPARATOR.length - Buffer.byteLength(line);
  return JSON.stringify({ ...before, extra: "The record goes on. ".repeat(9).slice(0, left) });
}

/** Text as it stands inside a JSON string. @param {string} text */
function escaped(text) {
  return JSON.stringify(text).slice(1, -1);
}

const templates = Array.from({ length: VARIANTS }, (_, index) =>
  Buffer.from(escaped(lineTemplate(index)) + WIRE_SEPARATOR),
);
const [firstTemplate = Buffer.alloc(0)] = templates;

/** Bytes of a line in an answer, with its separator. */
export const WIRE_LINE_BYTES = firstTemplate.byteLength;

// The number's digits are the last of the id and the last before the fraction of the time.
const ID_AT = firstTemplate.indexOf(ID_PREFIX) + ID_PREFIX.length;
const TIME_AT =
  firstTemplate.indexOf(String(FIRST_TIME_MS)) + String(FIRST_TIME_MS).length - DIGITS;

/** `_creationTime` of a document, in ms. */
export const creationTime = (/** @type {number} */ index) => FIRST_TIME_MS + index + TIME_FRACTION;

/** The first document that is not older than a time, which may lie before or behind all of them. */
export const firstFrom = (/** @type {number} */ timeMs) =>
  Math.ceil(timeMs - FIRST_TIME_MS - TIME_FRACTION);

/**
 * Lines 0 to `count`, each behind the other and each with its separator.
 *
 * @param {number} count below 10 to the power of `DIGITS`
 */
export function prepareLines(count) {
  const block = Buffer.concat(templates);
  const lines = Buffer.allocUnsafeSlow(count * WIRE_LINE_BYTES);
  lines.fill(block);
  const zero = "0".charCodeAt(0);
  for (let index = 0; index < count; index++) {
    const start = index * WIRE_LINE_BYTES;
    for (let digit = DIGITS - 1, rest = index; rest > 0; digit--) {
      const code = zero + (rest % 10);
      lines[start + ID_AT + digit] = code;
      lines[start + TIME_AT + digit] = code;
      rest = Math.floor(rest / 10);
    }
  }
  return lines;
}
