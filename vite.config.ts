import { fileURLToPath } from "node:url";
import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig, type Plugin } from "vite";
import remixConfig from "./remix.config.js";

// Tells the types of loaders and actions that single fetch keeps Dates, Maps and the like.
declare module "@remix-run/server-runtime" {
  interface Future {
    v3_singleFetch: true;
  }
}

/**
 * Leaves out sonner's own styles: it puts them into the page when it is imported, which the content
 * security policy forbids. The stylesheet has them (`app/styles/app.css`).
 */
function withoutInjectedStyles(): Plugin {
  const injection = /^__insertCSS\(".*"\);?$/m;
  return {
    name: "without-injected-styles",
    apply: "build",
    transform(code, id) {
      if (!id.includes("/node_modules/sonner/")) return null;
      if (!injection.test(code)) return this.error("sonner no longer adds its styles like this");
      return { code: code.replace(injection, ""), map: null };
    },
  };
}

/**
 * What most pages need, in two files: for a module of 300 bytes a browser does as much as for a large one.
 * What others made is apart, as it changes less often.
 */
function sharedChunk(id: string): string | undefined {
  if (id.includes("/node_modules/")) return "vendor";
  // The notice is loaded by itself, by the few pages that stay open for so long.
  return /\/app\/(components|lib)\/(?!session-notice)[^/]+$/.test(id) ? "shared" : undefined;
}

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [withoutInjectedStyles(), tailwindcss(), remix(remixConfig)],
  // Found before the first request: what is found later is bundled anew, beside a React that is loaded.
  optimizeDeps: { entries: ["app/entry.client.tsx", "app/root.tsx", "app/routes/*"] },
  // A module worker, so that the check of a file can share code with the server.
  worker: { format: "es" },
  resolve: { alias: { "~": fileURLToPath(new URL("./app", import.meta.url)) } },
  build: {
    rollupOptions: {
      output: isSsrBuild ? {} : { manualChunks: sharedChunk },
    },
  },
}));
