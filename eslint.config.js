import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import boundaries from "eslint-plugin-boundaries";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";
import * as layers from "./scripts/lint/layers.js";

const root = fileURLToPath(new URL(".", import.meta.url));

const RAW_CONVEX_BUILDERS = [
  "query",
  "mutation",
  "action",
  "httpAction",
  "internalQuery",
  "internalMutation",
  "internalAction",
];

const ONE_ENVIRONMENT_READER =
  "app/env.server.ts reads the environment, and app/cli/connection.ts that of the command line.";

const TEST_FUNCTION = "/^(describe|it|test|suite|bench)$/";
const TEST_MODIFIER = ["only", "skip", "skipIf", "runIf", "todo", "fixme", "fail", "fails"]
  .map((name) => `[property.name="${name}"]`)
  .join(", ");

export default defineConfig(
  globalIgnores(["build/", "dist/", "convex/_generated/", "node_modules/"]),
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: root },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { boundaries },
    settings: {
      ...layers.settings,
      "boundaries/root-path": root,
      "import/resolver": { [`${root}scripts/lint/path-resolver.cjs`]: {} },
    },
    rules: {
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          checkAllOrigins: true,
          checkInternals: true,
          checkUnknownLocals: true,
          message:
            "Layer '{{from.file.categories}}' must not import {{dependency.kind}}s from '{{dependency.source}}': see scripts/lint/layers.js.",
          policies: layers.policies,
        },
      ],
      "boundaries/no-unknown-files": "error",
      "@typescript-eslint/ban-ts-comment": [
        "error",
        { "ts-ignore": true, "ts-nocheck": true, "ts-expect-error": "allow-with-description" },
      ],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "separate-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", caughtErrors: "all", ignoreRestSiblings: true },
      ],
      // Remix answers are thrown Responses.
      "@typescript-eslint/only-throw-error": [
        "error",
        {
          allow: [
            { from: "lib", name: "Response" },
            {
              from: "package",
              package: "@remix-run/server-runtime",
              name: ["TypedResponse", "TypedDeferredData"],
            },
          ],
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      eqeqeq: "error",
      "max-lines": ["error", { max: 350 }],
      "no-console": "error",
      // The type checker knows the globals, for JavaScript too.
      "no-undef": "off",
    },
  },
  {
    name: "react",
    files: ["app/**/*.tsx"],
    extends: [reactHooks.configs.flat["recommended-latest"]],
  },
  {
    name: "one reader of the environment",
    files: ["**/*.{ts,tsx,js,mjs,cjs}"],
    // seed.ts reads a variable of the Convex deployment, not of the portal's process.
    ignores: [
      "app/env.server.ts",
      "convex/seed.ts",
      "app/cli/connection.ts",
      "app/embedded/**",
      "scripts/**",
      "tests/**",
      "*.config.{ts,js}",
    ],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: ONE_ENVIRONMENT_READER,
        },
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: ["node:process", "process"].map((name) => ({
            name,
            importNames: ["env"],
            message: ONE_ENVIRONMENT_READER,
          })),
        },
      ],
    },
  },
  {
    name: "guarded Convex builders",
    files: ["convex/**"],
    ignores: ["convex/functions.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["**/_generated/server", "**/_generated/server.js"],
              importNames: RAW_CONVEX_BUILDERS,
              message: "Only convex/functions.ts uses the raw builders; import its guarded ones.",
            },
          ],
        },
      ],
    },
  },
  {
    name: "no server modules in what also runs in the browser",
    files: ["app/components/**", "app/lib/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["**/*.server"], message: "This also runs in the browser." }] },
      ],
    },
  },
  {
    name: "tests",
    files: ["tests/**"],
    rules: {
      // Test doubles are closures, and what they return is only shown in failures.
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/unbound-method": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector: `MemberExpression[object.name=${TEST_FUNCTION}]:matches(${TEST_MODIFIER})`,
          message: "Every test runs, always: no .only, .skip or the like.",
        },
        {
          selector: `MemberExpression[object.object.name=${TEST_FUNCTION}]:matches(${TEST_MODIFIER})`,
          message: "Every test runs, always: no .only, .skip or the like.",
        },
        {
          selector:
            "CallExpression[callee.object.name='vi'][callee.property.name=/^(mock|doMock)$/] > Literal:first-child[value=/^[~.]/]",
          message: "Our own modules are not mocked; run against the embedded Convex.",
        },
      ],
    },
  },
  {
    // These rules do not see the JSDoc casts that TypeScript checks.
    files: ["**/*.{js,mjs,cjs}"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    files: ["**/*.cjs"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  prettier,
);
