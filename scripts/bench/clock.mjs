/** Milliseconds on a clock that all processes of the machine share, for times across processes. */
export const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

/** @returns {Promise<void>} settles after a time */
export const pause = (/** @type {number} */ ms) =>
  new Promise((resolve) => void setTimeout(resolve, ms));
