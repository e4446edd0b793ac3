import { createContext } from "react";

/**
 * What the server's scripts carry to be run. Only known while the server renders: browsers hide it
 * from scripts, and Remix tells React not to compare the scripts.
 */
export const NonceContext = createContext<string | undefined>(undefined);
