import { rm } from "node:fs/promises";
import path from "node:path";
import { startEmbeddedConvex } from "../../lib/embedded.mjs";
import { inProject } from "../../lib/project.mjs";
import { withService } from "../context.mjs";
import { newKey } from "../exports.mjs";
import { duration, ratio, size } from "../measures.mjs";
import { createSample, measureTables, writeTables } from "../peer/data.mjs";
import { startPortal } from "../portal.mjs";
import { median, medianRatio } from "../stats.mjs";

/**
 * What the two profiles cost: the time of a capture with each of them over that of the same capture
 * by functions without a sanitiser. All three are whole captures through the portal: the plan,
 * every page read, written as lines, answered and checked, and of `pseudonymised` the reading of
 * who is looked for as well.
 *
 * @typedef {import("../context.mjs").Bench} Bench
 * @typedef {import("../measures.mjs").Measure} Measure
 *
 * @typedef {Record<"plain" | "redacted" | "pseudonymised", number>} Times one round: ms of each
 */

const SCALE = 8;
const RUNS = 15;
const WARM_UP_RUNS = 3;

/**
 * @param {Bench} bench
 * @param {string} data folder of tables
 * @param {string} functionsDir
 */
async function startStack(bench, data, functionsDir) {
  const convex = await startEmbeddedConvex({ functionsDir, data, log: () => {} });
  const { email, password } = await bench.account();
  const target = { convexUrl: convex.url, deployKey: convex.adminKey, email, password };
  const portal = await startPortal(target).catch(async (/** @type {unknown} */ error) => {
    await convex.close();
    throw error;
  });
  return {
    ...portal,
    stop: async () => {
      await portal.stop();
      await convex.close();
    },
  };
}

/**
 * @param {Bench} bench
 * @param {string} folder
 * @returns {Promise<Times[]>}
 */
async function measureRounds(bench, folder) {
  const [withSanitiser, without] = ["convex", "scripts/bench/privacy/convex"];
  return await withService(startStack(bench, folder, inProject(withSanitiser)), (sanitising) =>
    withService(startStack(bench, folder, inProject(without)), (plain) =>
      withService(bench.startClient(), async (client) => {
        /** From the request to the first byte: all of it is captured by then, and none was sent. */
        const capture = async (
          /** @type {import("../portal.mjs").Portal} */ { downloadUrl, cookie },
          query = "",
        ) => {
          const asked = { key: newKey(), url: downloadUrl + query, cookie };
          const { startedAt, firstByteAt } = await client.call("download", asked);
          return firstByteAt - startedAt;
        };
        /** @type {Times[]} */
        const rounds = [];
        const runs = bench.isQuick ? 3 : RUNS;
        for (let run = -WARM_UP_RUNS; run < runs; run++) {
          const times = {
            plain: await capture(plain),
            redacted: await capture(sanitising),
            pseudonymised: await capture(sanitising, "?privacy=pseudonymised"),
          };
          if (run >= 0) rounds.push(times);
        }
        return rounds;
      }),
    ),
  );
}

/**
 * @param {Bench} bench
 * @returns {Promise<Measure[]>}
 */
export async function measurePrivacy(bench) {
  const tables = await createSample(SCALE);
  const { documents, bytes } = measureTables(tables);
  const data = `${documents.toLocaleString("en")} documents, ${size(bytes)}`;
  bench.say(`Captures with and without a sanitiser, ${data} …`);
  const folder = path.join(bench.directory, "privacy");
  const { email, passwordHash } = await bench.account();
  await writeTables(folder, tables, { email, passwordHash });
  const rounds = await measureRounds(bench, folder);
  await rm(folder, { recursive: true });

  const plainMs = median(rounds.map(({ plain }) => plain));
  const measure = (
    /** @type {"redacted" | "pseudonymised"} */ profile,
    /** @type {number} */ atMost,
  ) => {
    const ms = median(rounds.map((round) => round[profile]));
    return ratio({
      id: `privacy.${profile}`,
      title: `Capture time, \`${profile}\` over no sanitiser`,
      value: medianRatio(
        rounds.map((round) => ({ measured: round[profile], reference: round.plain })),
      ),
      atMost,
      detail: `${data}; ${duration(ms)}, without ${duration(plainMs)}; ${rounds.length} pairs`,
    });
  };
  return [measure("redacted", 1.15), measure("pseudonymised", 1.6)];
}
