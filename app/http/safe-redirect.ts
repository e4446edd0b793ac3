/**
 * Keeps a redirect on this origin. The address is parsed as a browser would before it is judged,
 * so `//host`, `/\host`, tabs and encoded spellings do not get through.
 * @returns Path and query of the target, or the fallback where it is absent or leads elsewhere.
 */
export function safeRedirect(target: string | null | undefined, fallback: string): string {
  if (!target?.startsWith("/")) return fallback;
  const base = "http://origin.invalid";
  if (!URL.canParse(target, base)) return fallback;
  const url = new URL(target, base);
  const path = url.pathname + url.search + url.hash;
  // `/.//host` normalises to a path that a browser would read as another host.
  return url.origin === base && !path.startsWith("//") ? path : fallback;
}
