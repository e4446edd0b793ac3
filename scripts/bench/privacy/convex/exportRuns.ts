export * from "../../../../convex/exportRuns";
