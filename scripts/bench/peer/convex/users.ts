export * from "../../../../convex/users";
