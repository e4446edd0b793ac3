export * from "../../../../convex/signInThrottle";
