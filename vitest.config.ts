import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const SUITES = ["unit", "convex", "contract"];

/** Real portals that wait for faults to pass, or for what hangs, take longer (3 minutes). */
const FAULTS_TIMEOUT_MS = 180_000;

function project(name: string, options: { testTimeout?: number; hookTimeout?: number } = {}) {
  const include = [`tests/${name}/**/*.test.{ts,tsx}`];
  return { extends: true as const, test: { name, environment: "node", include, ...options } };
}

// Separate from vite.config.ts on purpose: the Remix plugin cannot run inside Vitest.
export default defineConfig({
  test: {
    globals: false,
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      ...SUITES.map((name) => project(name)),
      project("faults", { testTimeout: FAULTS_TIMEOUT_MS, hookTimeout: FAULTS_TIMEOUT_MS }),
      project("security", { testTimeout: FAULTS_TIMEOUT_MS, hookTimeout: FAULTS_TIMEOUT_MS }),
    ],
  },
  resolve: { alias: { "~": fileURLToPath(new URL("./app", import.meta.url)) } },
});
