import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "../../e2e/support/process";

/** A route of the build. */
export interface BuiltRoute {
  id: string;
  /** Its address as Remix spells it, e.g. `/admin/developer-tools/export/runs/:id`. */
  pattern: string;
  /** Whether another route is shown in it, so that nobody can ask for it alone. */
  isLayout: boolean;
}

interface ManifestRoute {
  id: string;
  parentId?: string;
  path?: string;
  index?: boolean;
}

const SCRIPT = `
  const { routes } = await import("./build/server/index.js");
  const shown = Object.values(routes).map(({ id, parentId, path, index }) => ({ id, parentId, path, index }));
  process.stdout.write(JSON.stringify(shown), () => process.exit(0));
`;

/** The build asks for a configuration as soon as it is loaded; it connects to nothing. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  NODE_ENV: "production",
  CONVEX_URL: "http://127.0.0.1:1",
  CONVEX_DEPLOY_KEY: "none",
  SESSION_SECRET: "a-secret-that-nothing-is-signed-with-1",
};

/** All routes of the server's build. */
export async function builtRoutes(): Promise<BuiltRoute[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", SCRIPT],
    { cwd: ROOT, env: { PATH: process.env["PATH"], ...ENVIRONMENT } },
  );
  const routes = JSON.parse(stdout) as ManifestRoute[];
  const byId = new Map(routes.map((route) => [route.id, route]));
  const pathOf = (route: ManifestRoute | undefined): string[] =>
    route === undefined
      ? []
      : [...pathOf(byId.get(route.parentId ?? "")), ...(route.path ? [route.path] : [])];
  return routes.map((route) => ({
    id: route.id,
    pattern: `/${pathOf(route).join("/")}`,
    isLayout: routes.some(({ parentId }) => parentId === route.id),
  }));
}
