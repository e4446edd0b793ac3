/**
 * One figure with the target that it is held against.
 *
 * @typedef {object} Measure
 * @property {string} id stable, for programs
 * @property {string} title
 * @property {string} target empty where there is none
 * @property {string} figure
 * @property {number | null} value the figure as a number, in `unit`
 * @property {string} unit empty for a ratio
 * @property {boolean | null} isMet null where there is no target
 * @property {string} detail what it was made from
 */

const count = (/** @type {number} */ value, /** @type {number} */ digits) => value.toFixed(digits);

/** A duration for people: milliseconds below ten seconds. */
export const duration = (/** @type {number} */ ms) =>
  ms < 10 ? `${count(ms, 1)} ms` : ms < 10_000 ? `${count(ms, 0)} ms` : `${count(ms / 1000, 1)} s`;

/** A size for people, in units of 1,000. */
export function size(/** @type {number} */ bytes) {
  if (bytes >= 1e9) return `${Number((bytes / 1e9).toPrecision(3))} GB`;
  if (bytes >= 1e6) return `${Number((bytes / 1e6).toPrecision(3))} MB`;
  return `${Number((bytes / 1e3).toPrecision(3))} kB`;
}

/**
 * A ratio that should not be over a bound.
 *
 * @param {{ id: string, title: string, value: number, atMost?: number, detail: string }} measured
 * @returns {Measure}
 */
export const ratio = ({ id, title, value, atMost, detail }) => ({
  id,
  title,
  target: atMost === undefined ? "" : `at most ${atMost.toFixed(2)}`,
  figure: count(value, 2),
  value,
  unit: "",
  isMet: atMost === undefined ? null : value <= atMost,
  detail,
});

/**
 * A number of megabytes that should not be over a bound.
 *
 * @param {{ id: string, title: string, bytes: number, atMostMB: number, detail: string }} measured
 * @returns {Measure}
 */
export const megabytes = ({ id, title, bytes, atMostMB, detail }) => ({
  id,
  title,
  target: `at most ${atMostMB} MB`,
  figure: `${count(bytes / 1e6, 0)} MB`,
  value: bytes / 1e6,
  unit: "MB",
  isMet: bytes / 1e6 <= atMostMB,
  detail,
});

/**
 * A time that should not be over a bound.
 *
 * @param {{ id: string, title: string, ms: number, atMostMs?: number, detail: string }} measured
 * @returns {Measure}
 */
export const milliseconds = ({ id, title, ms, atMostMs, detail }) => ({
  id,
  title,
  target: atMostMs === undefined ? "" : `at most ${atMostMs} ms`,
  figure: duration(ms),
  value: ms,
  unit: "ms",
  isMet: atMostMs === undefined ? null : ms <= atMostMs,
  detail,
});

/**
 * Something that is so or not.
 *
 * @param {{ id: string, title: string, target: string, figure: string, isMet: boolean, detail?: string }} measured
 * @returns {Measure}
 */
export const fact = (measured) => ({ detail: "", ...measured, value: null, unit: "" });
