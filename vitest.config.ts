import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const SUITES = ["unit", "convex", "contract"];

// Separate from vite.config.ts on purpose: the Remix plugin cannot run inside Vitest.
export default defineConfig({
  test: {
    globals: false,
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: SUITES.map((name) => ({
      extends: true as const,
      test: { name, environment: "node", include: [`tests/${name}/**/*.test.{ts,tsx}`] },
    })),
  },
  resolve: { alias: { "~": fileURLToPath(new URL("./app", import.meta.url)) } },
});
