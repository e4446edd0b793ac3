import { flatRoutes } from "@remix-run/fs-routes";

/** Routes are the files in `app/routes`, named by URL segment (flat routes). */
export default flatRoutes({ ignoredRouteFiles: ["**/.*"] });
