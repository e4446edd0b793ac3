import { useRouteLoaderData } from "@remix-run/react";

/** What the root route loads. */
export interface RootData {
  /** The hidden field that every form of the portal carries. */
  formToken: { name: string; value: string };
}

/**
 * The hidden field that proves that a form comes from the portal; undefined on the error page of a
 * form that was refused, where Remix loads nothing.
 */
export function useFormToken(): RootData["formToken"] | undefined {
  return useRouteLoaderData<RootData>("root")?.formToken;
}

/** Belongs into every form. */
export function CsrfField() {
  const token = useFormToken();
  if (token === undefined) return null;
  // Browsers that restore the fields of a reloaded page would bring back an old token.
  return <input type="hidden" name={token.name} value={token.value} autoComplete="off" />;
}
