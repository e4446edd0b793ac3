export * from "../../../../convex/exports";
