import type { DigestMatch } from "~/export/digest-match";
import { readProblem } from "~/http/problem-details";
import { paths } from "~/lib/paths";

/** What the history says of a digest. */
export type MatchResult =
  | { kind: "found"; matches: DigestMatch[] }
  | { kind: "signed_out" }
  | { kind: "failed"; message: string; requestId?: string };

/** Asks for the exports of a digest. Never rejects: what goes wrong is a result, too. */
export async function findMatches(digest: string, signal: AbortSignal): Promise<MatchResult> {
  try {
    const response = await fetch(`${paths.exportVerifyMatch}?digest=${digest}`, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal,
    });
    if (response.status === 401) return { kind: "signed_out" };
    if (response.ok) {
      const { matches } = (await response.json()) as { matches: DigestMatch[] };
      return { kind: "found", matches };
    }
    const problem = readProblem(await response.text());
    return {
      kind: "failed",
      message: problem?.detail ?? "The portal could not answer. Try again in a moment.",
      requestId: problem?.requestId,
    };
  } catch {
    return { kind: "failed", message: "The portal cannot be reached. Check your connection." };
  }
}
