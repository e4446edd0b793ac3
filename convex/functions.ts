/**
 * The only place that imports function builders. There are no public functions: whatever the
 * portal calls is internal and needs a deploy key.
 */
export { internalMutation, internalQuery } from "./_generated/server";
