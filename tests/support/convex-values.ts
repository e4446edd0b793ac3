import type { Value } from "convex/values";
import fc from "fast-check";

/**
 * Any value that Convex stores, at any depth, that no policy takes for a credential: by
 * construction, as the words of credentials cannot be formed of these characters.
 */

/** Names that are something else to JavaScript or to Convex's encoding, and legal as they are. */
const AWKWARD_KEYS = [
  "constructor",
  "toJSON",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "prototype",
  "length",
  "_id",
  "_creationTime",
  "integer$",
  " $integer",
  "0",
  "-1",
  "",
  'quote"d',
  "back\\slash",
  "x".repeat(1024),
];

/** No vowel but `u`, and none of d, j, p, s, t, v, w: no name of a credential is among these. */
const PLAIN = [..."bcfghklmnqruxyzBCFGHKLMNQRUXYZ0123456789 .,:;-+*#'<>{}[]()\\\"/^~`"];

const key = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...AWKWARD_KEYS) },
  { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(...PLAIN), maxLength: 12 }) },
);

/** Text that would break a file that was not made with care. */
const AWKWARD_TEXTS = [
  "",
  "\u2028\u2029",
  "\u0000\u0008\u000b\u000c\u001f\u007f\u0080",
  '"],"data":{',
  '"},\n{"_id":"',
  ",\n",
  "\r\n",
  "\\u0022",
  "\\",
  "\\\\n",
  '\\"',
  "👩‍👩‍👧‍👦",
  "</script>",
  "\ufeff",
  "\ufffd",
  '{"$integer":"AQAAAAAAAAA="}',
  "__proto__",
  "NaN",
];

export const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...PLAIN) }) },
  {
    weight: 3,
    arbitrary: fc.string({
      unit: fc.constantFrom("é", "ß", "漢", "💜", "🇦🇺", "\u0301", "\n", '"'),
    }),
  },
  { weight: 3, arbitrary: fc.constantFrom(...AWKWARD_TEXTS) },
);

/** Numbers, with those that JSON lacks. */
export const float = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    -0,
    0,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    1.7976931348623157e308,
    0.1 + 0.2,
    2 ** 53,
  ),
);

const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 2n ** 53n + 1n),
);

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Uint8Array.from(array).buffer);

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 4, arbitrary: text },
    { weight: 3, arbitrary: float },
    { weight: 2, arbitrary: integer },
    { weight: 1, arbitrary: bytes },
    { weight: 1, arbitrary: fc.constantFrom(null, true, false) },
    { weight: 3, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
    { weight: 4, arbitrary: fc.dictionary(key, tie("value"), { maxKeys: 5 }) },
  ),
}));

export const anyValue: fc.Arbitrary<Value> = value;

/** A value as deep as Convex stores: 64 levels, of which a document takes one. */
export function nested(levels: number, innermost: Value): Value {
  let whole = innermost;
  for (let level = 0; level < levels; level += 1)
    whole = level % 2 === 0 ? [whole] : { level: whole };
  return whole;
}
