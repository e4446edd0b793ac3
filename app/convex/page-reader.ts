import { ExportError } from "../export/errors";
import type { LinesSink } from "../export/source";
import { malformed } from "./errors";
import { OversizedRest, PageDecoder, type DecodedPage } from "./page-decoder";
import type { Answer } from "./transport";
import { endOfTurn } from "./turns";
import { MalformedAnswer } from "./unescape";

/**
 * Reads the answer of a page, its lines into a sink, as fast as the sink takes them.
 * @throws ExportError where it is malformed, `page_too_large` where it holds more beside its lines
 * than is kept of one page, and what the sink or the network throws
 */
export async function readPage(
  name: string,
  { body, signal }: Answer,
  sink: LinesSink,
): Promise<DecodedPage> {
  const decoder = new PageDecoder(sink);
  try {
    for await (const chunk of body) {
      for (const wait of decoder.push(chunk)) await orAborted(wait, signal);
      const turn = endOfTurn();
      if (turn !== undefined) await turn;
    }
    return decoder.end();
  } catch (error) {
    if (error instanceof MalformedAnswer) throw malformed(name, error.message);
    // Not to be repeated: the same page would be as large again, and a half of it fits.
    if (error instanceof OversizedRest) {
      throw new ExportError("page_too_large", `${name}: ${error.message}`);
    }
    throw error;
  }
}

/** A sink may have to wait for long; a request that is given up does not. */
async function orAborted(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
