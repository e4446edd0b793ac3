import { HttpError } from "./errors";

const IDENTIFIER_MAX_LENGTH = 64;

/**
 * Parses the path of a function as the backend does (crates/convex/sync_types/src): an optional
 * `.js`, and the default export where no name is given. Returns e.g. `exports:summarize`.
 * Throws 400 BadConvexFunctionIdentifier.
 */
export function parseFunctionPath(path: string): string {
  const colon = path.lastIndexOf(":");
  const module = colon === -1 ? path : path.slice(0, colon);
  const name = colon === -1 ? "default" : path.slice(colon + 1);
  const problem = moduleProblem(module) ?? nameProblem(name);
  if (problem !== null) {
    throw new HttpError(
      400,
      "BadConvexFunctionIdentifier",
      `${path} is not a valid path to a Convex function. ${problem}`,
    );
  }
  return `${module.replace(/\.js$/, "")}:${name}`;
}

/** The path as Convex prints it where a function is not found. */
export function displayFunctionPath(path: string): string {
  return path.replace(/:default$/, "");
}

function moduleProblem(module: string): string | null {
  if (module === "") {
    return "Module path  doesn't have a filename.";
  }
  if (module.startsWith("/")) {
    return `Module paths must be relative (${module} is absolute).`;
  }
  const extension = /[^/.]\.([^/.]*)$/.exec(module)?.[1];
  if (extension !== undefined && extension !== "js") {
    return `Module path (${module}) has an extension that isn't 'js'.`;
  }
  for (const component of module.split("/")) {
    if (component.length > IDENTIFIER_MAX_LENGTH) {
      return `Path component is too long (${component.length} > maximum ${IDENTIFIER_MAX_LENGTH}): ${component.slice(0, IDENTIFIER_MAX_LENGTH)}...`;
    }
    if (!/^[A-Za-z0-9_.]*$/.test(component)) {
      return `Path component ${component} can only contain alphanumeric characters, underscores, or periods.`;
    }
    if (!/[A-Za-z0-9]/.test(component)) {
      return `Path component ${component} must have at least one alphanumeric character.`;
    }
  }
  return null;
}

function nameProblem(name: string): string | null {
  return /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name) && /[A-Za-z0-9]/.test(name)
    ? null
    : `Invalid function name: ${JSON.stringify(name)}`;
}
