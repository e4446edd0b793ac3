/**
 * One request that the replay server got. Times are of the clock that all processes share.
 *
 * @typedef {object} RecordedRequest
 * @property {string} name of the function, or `query_ts`
 * @property {string} body
 * @property {number} arrivedAt
 * @property {number} [endedAt] when its answer was handed to the network, or its connection closed
 * @property {boolean} isCut whether its answer has not been handed to the network, or not all of it
 */

/**
 * How many requests an export has to make one after the other, whatever the latency, beside its
 * pages: those that began neither while a page was read nor while another one of them ran.
 *
 * @param {readonly RecordedRequest[]} requests
 * @param {string} pages name of the function whose answers are the pages
 * @param {number} until requests that arrived later are not counted
 */
export function countSequential(requests, pages, until) {
  const isRunningAt = (/** @type {number} */ time) => (/** @type {RecordedRequest} */ request) =>
    request.arrivedAt < time && (request.endedAt ?? Infinity) > time;
  const pageRequests = requests.filter(({ name }) => name === pages);
  /** @type {RecordedRequest[]} */
  const counted = [];
  const others = requests.filter(({ name, arrivedAt }) => name !== pages && arrivedAt < until);
  for (const request of others.sort((a, b) => a.arrivedAt - b.arrivedAt)) {
    const isRunning = isRunningAt(request.arrivedAt);
    if (!pageRequests.some(isRunning) && !counted.some(isRunning)) counted.push(request);
  }
  return counted.length;
}
