import type { ServerBuild } from "@remix-run/node";
import { describe, expect, test, vi } from "vitest";
import { createRouteName } from "~/http/route-name";

/** As Remix's build describes the portal's routes. */
const ROUTES = {
  root: { id: "root", path: "" },
  "routes/_index": { id: "routes/_index", parentId: "root", index: true },
  "routes/$": { id: "routes/$", parentId: "root", path: "*" },
  "routes/login": { id: "routes/login", parentId: "root", path: "login" },
  "routes/admin": { id: "routes/admin", parentId: "root", path: "admin" },
  home: { id: "home", parentId: "routes/admin", index: true },
  tools: { id: "tools", parentId: "routes/admin", path: "tools", index: true },
  runs: { id: "runs", parentId: "routes/admin", path: "developer-tools/export/runs/:id" },
  schema: { id: "schema", parentId: "root", path: "schemas/database-export-1.0.json" },
} as unknown as ServerBuild["routes"];

const nameRoute = createRouteName(ROUTES);

describe("the log's name of an address", () => {
  test.each([
    ["/", "/"],
    ["/_root.data", "/.data"],
    ["/login", "/login"],
    ["/login.data", "/login.data"],
    ["/login/", "/login"],
    ["/LOGIN", "/login"],
    ["/admin", "/admin"],
    ["/admin/tools", "/admin/tools"],
    ["/admin/tools.data", "/admin/tools.data"],
    ["/admin/developer-tools/export/runs/secret", "/admin/developer-tools/export/runs/:id"],
    ["/admin/developer-tools/export/runs/a%2Fb", "/admin/developer-tools/export/runs/:id"],
    ["/schemas/database-export-1.0.json", "/schemas/database-export-1.0.json"],
    ["/__manifest", "/__manifest"],
    ["/assets/root-secret.js", "/assets/*"],
  ])("%s is %s", (address, name) => {
    expect(nameRoute(address)).toBe(name);
  });

  test.each(["/secret", "/secret.data", "/admin/secret", "/%00", "//evil.test/x", "*", "", "?a"])(
    "%s, which is none of the portal's, is *",
    (address) => {
      expect(nameRoute(address)).toBe("*");
    },
  );

  test.each(["/%zz", "/admin/%E0%A4%A", "/%"])("%s, which nobody can read, is *", (address) => {
    const printed = vi.spyOn(console, "warn");
    expect(nameRoute(address)).toBe("*");
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });
});
