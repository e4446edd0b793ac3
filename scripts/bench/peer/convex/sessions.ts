export * from "../../../../convex/sessions";
