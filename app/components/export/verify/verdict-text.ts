import type { DigestMatch } from "~/export/digest-match";
import type { FileInspection } from "~/workers/inspection";

/** What the page says of a file, before the details. */
export interface VerdictText {
  tone: "good" | "warning" | "bad";
  title: string;
  detail: string;
}

const NOT_ON_RECORD = "No export on record has this digest.";

/** What to say of a file and the exports on record that have its digest. */
export function describeVerdict(
  { kind, format }: FileInspection,
  matches: readonly DigestMatch[],
): VerdictText {
  if (matches.length > 0) {
    return {
      tone: "good",
      title: "This is the file that was exported",
      detail: "Its digest is on record, so not a byte of it was changed.",
    };
  }
  // Whose archive it is, only the list at its end says.
  const beginning = format === "zip" ? "It begins as a ZIP archive" : "It begins as an export";
  switch (kind) {
    case "export":
      return {
        tone: "warning",
        title: "A complete export, but not one on record",
        detail: `${NOT_ON_RECORD} Its structure and its counts are right. It was changed since it was exported, or it comes from another portal, or from the command line of another deployment.`,
      };
    case "cut_off":
      return {
        tone: "bad",
        title: "The file is cut off",
        detail: `${NOT_ON_RECORD} ${beginning} and ends too early, as after a broken download. Export the database again.`,
      };
    case "damaged":
      return {
        tone: "bad",
        title: "The file was changed or damaged",
        detail: `${NOT_ON_RECORD} ${beginning}, and is not as it was written. Use another copy, or export the database again.`,
      };
    case "empty":
      return {
        tone: "bad",
        title: "The file is empty",
        detail: "It has no bytes. The download may have failed. Export the database again.",
      };
    case "other":
      return {
        tone: "bad",
        title: "This is not an export file",
        detail: `${NOT_ON_RECORD} It is a file of another kind, or it was formatted anew by an editor.`,
      };
  }
}
