/**
 * The layers of the project and what each may import: the single table behind the import
 * boundaries that ESLint enforces. Arrows point one way, see docs/architecture/overview.md.
 *
 * @typedef {object} Layer
 * @property {string} name
 * @property {string[]} files globs from the project root; the first layer that matches a file has it
 * @property {string[]} [imports] layers whose modules it may import; its own is always allowed
 * @property {string[]} [typeImports] layers of which it may import types only
 * @property {string[]} [packages] the only packages it may import (`name` or `name/path`); all when left out
 * @property {string[]} [typePackages] packages of which it may import types only
 * @property {boolean} [node] whether it may import modules of Node; yes when left out
 */

/** @type {Layer[]} */
export const LAYERS = [
  {
    // Made by the Convex CLI and not linted; listed so that others can be allowed to import it.
    name: "convex-generated",
    files: ["convex/_generated/**"],
  },
  {
    name: "convex-policy",
    // What is exported and how it is classified: data without code that runs in Convex.
    files: [
      "convex/exportPolicy",
      "convex/exportPolicy.ts",
      "convex/model/exportColumns",
      "convex/model/exportColumns.ts",
      "convex/model/exportTables",
      "convex/model/exportTables.ts",
      "convex/model/segmentTables",
      "convex/model/segmentTables.ts",
    ],
    imports: ["convex", "convex-generated"],
    packages: ["convex/**"],
    node: false,
  },
  {
    name: "convex",
    files: ["convex/**"],
    imports: ["convex-generated", "convex-policy"],
    packages: ["convex/**", "@noble/hashes/**"],
    node: false,
  },
  {
    name: "export",
    files: ["app/export", "app/export/**"],
    imports: ["convex-policy"],
    typeImports: ["convex-generated"],
    packages: ["zod", "p-limit", "convex/values", "yazl"],
  },
  {
    name: "convex-client",
    files: ["app/convex", "app/convex/**"],
    imports: ["export", "convex-generated", "convex-policy"],
    typeImports: ["convex"],
    packages: ["convex/**", "zod", "p-retry", "undici"],
  },
  { name: "styles", files: ["app/styles/**"] },
  {
    // Small helpers without state that run on the server and in the browser.
    name: "lib",
    files: ["app/lib", "app/lib/**"],
    imports: ["problem-details"],
    packages: ["react/**"],
    typePackages: ["@remix-run/node"],
    node: false,
  },
  {
    // The shape of an error answer, which the server writes and the browser reads.
    name: "problem-details",
    files: ["app/http/problem-details", "app/http/problem-details.ts"],
    packages: [],
    node: false,
  },
  {
    name: "http",
    files: ["app/http", "app/http/**"],
    imports: ["export", "problem-details"],
  },
  {
    name: "auth",
    files: ["app/auth", "app/auth/**"],
    imports: ["convex-client", "convex-generated", "env", "export", "http", "problem-details"],
    typeImports: ["convex", "lib"],
  },
  {
    // What runs in a worker of the browser: the engine's parts that need nothing of Node.
    name: "workers",
    files: ["app/workers", "app/workers/**"],
    imports: ["export"],
    packages: ["zod", "@noble/hashes/**", "@zip.js/zip.js/**"],
    node: false,
  },
  {
    name: "components",
    files: ["app/components", "app/components/**"],
    imports: ["lib", "problem-details"],
    typeImports: ["export", "workers"],
    packages: ["react/**", "react-dom/**", "@remix-run/react", "lucide-react/**", "sonner"],
    typePackages: ["@remix-run/node"],
    node: false,
  },
  {
    name: "routes",
    files: ["app/routes", "app/routes/**"],
    imports: ["auth", "components", "env", "export", "http", "lib", "problem-details", "server"],
  },
  {
    // What is done with a file that was exported: it knows no deployment.
    name: "analysis",
    files: ["app/analysis", "app/analysis/**"],
    imports: ["export", "lib"],
    packages: ["@duckdb/node-api", "@modelcontextprotocol/sdk/**", "yauzl", "zod"],
  },
  {
    // What the command line says that it is.
    name: "package",
    files: ["package.json"],
  },
  {
    name: "cli",
    files: ["app/cli", "app/cli/**"],
    imports: ["analysis", "convex-client", "export", "lib", "package"],
    typeImports: ["convex-generated"],
  },
  {
    name: "embedded",
    files: ["app/embedded", "app/embedded/**"],
    imports: ["convex", "convex-generated", "convex-policy"],
  },
  {
    name: "env",
    files: ["app/env.server", "app/env.server.ts"],
  },
  {
    // Server modules that join configuration and layers, such as portal.server.ts.
    name: "server",
    files: ["app/*.server", "app/*.server.ts", "app/*.server.tsx"],
    imports: [
      "auth",
      "components",
      "convex-client",
      "env",
      "export",
      "http",
      "lib",
      "problem-details",
      "styles",
    ],
  },
  {
    // Remix's own entries: root, entry.client, entry.server and the route configuration.
    name: "app-shell",
    files: ["app/*"],
    imports: [
      "auth",
      "components",
      "env",
      "export",
      "http",
      "lib",
      "problem-details",
      "server",
      "styles",
    ],
  },
  {
    name: "host",
    files: ["server", "server.ts"],
    imports: ["build", "env", "export", "http", "lib", "problem-details", "server"],
  },
  { name: "build", files: ["build/**"] },
  {
    name: "tooling",
    files: ["scripts/**", "tests/**", "*"],
    imports: [
      "analysis",
      "app-shell",
      "auth",
      "build",
      "cli",
      "components",
      "convex",
      "convex-client",
      "convex-generated",
      "convex-policy",
      "embedded",
      "env",
      "export",
      "host",
      "http",
      "lib",
      "problem-details",
      "routes",
      "server",
      "styles",
      "workers",
    ],
  },
];

/** @param {string | string[]} categories */
const filesOf = (categories) => ({ file: { categories } });

/** Splits `convex/values` into what the plugin calls a module's source and internal path. */
const packageSelector = (/** @type {string} */ name) => {
  const parts = name.split("/");
  const source = parts.splice(0, name.startsWith("@") ? 2 : 1).join("/");
  const internalPath = parts.join("/");
  if (internalPath === "**") return { module: { origin: "external", source } };
  return {
    module: { origin: "external", source, internalPath: internalPath === "" ? null : internalPath },
  };
};

/** Policies for `boundaries/dependencies` with `default: "disallow"`. */
export const policies = LAYERS.flatMap((layer) => {
  const from = filesOf(layer.name);
  const targets = [
    filesOf([layer.name, ...(layer.imports ?? [])]),
    ...(layer.packages?.map(packageSelector) ?? [{ module: { origin: "external" } }]),
    ...(layer.node === false ? [] : [{ module: { origin: "core" } }]),
  ];
  const typeTargets = [
    ...(layer.typeImports ?? []).map(filesOf),
    ...(layer.typePackages ?? []).map(packageSelector),
  ];
  return [
    ...targets.map((to) => ({ from, allow: { to } })),
    ...typeTargets.map((to) => ({ from, allow: { to, dependency: { kind: "type" } } })),
  ];
});

/** Settings of eslint-plugin-boundaries that give every file its layer. */
export const settings = {
  "boundaries/files": LAYERS.map(({ name, files }) => ({ category: name, pattern: files })),
  "boundaries/files-single-match": true,
  "boundaries/legacy-templates": false,
};
