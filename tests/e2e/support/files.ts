import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";

/** A file as a page gets it without a disk. */
export interface NamedFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const EXPORT_STEM = "supportsignal-db-export-2026-01-31-0405";
export const EXPORT_NAME = `${EXPORT_STEM}.json`;

export const jsonFile = (buffer: Buffer, name = EXPORT_NAME): NamedFile => ({
  name,
  mimeType: "application/json",
  buffer,
});

/** A file of another format, named as the portal names it. */
export const exportFile = (buffer: Buffer, format: "ndjson" | "zip"): NamedFile => ({
  name: `${EXPORT_STEM}.${format}`,
  mimeType: format === "zip" ? "application/zip" : "application/x-ndjson",
  buffer,
});

/** The same bytes but for one at a place. */
export function withByteChangedAt(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x01;
  return changed;
}

/** The same bytes but for one, within the text of a document: only the digest can tell. */
export function withChangedByte(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const at = changed.indexOf('"name":"', changed.indexOf('"companies": [')) + '"name":"'.length;
  changed[at] = changed[at] === 0x58 ? 0x59 : 0x58; // X or Y
  return changed;
}

export const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** The heading of what the page says of a file. */
export const verdict = (page: Page, name: string) => page.getByRole("heading", { name });

/** What the browser warns of from now on, such as what its policy refuses. */
export function collectWarnings(page: Page): string[] {
  const warnings: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) warnings.push(message.text());
  });
  return warnings;
}

/** Chooses a file on the page that verifies one. */
export async function chooseFile(page: Page, file: NamedFile | string): Promise<void> {
  await page.getByLabel("Choose an export file").setInputFiles(file);
}

/** Drags a file of the disk over an element and drops it: by the browser, no script's event does it. */
export async function dropFile(page: Page, target: Locator, file: string): Promise<void> {
  const box = (await target.boundingBox())!;
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: [file], dragOperationsMask: 1 }; // copying
  const session = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, ...point, data });
  }
}

/** Makes a file of so many zero bytes that takes no place on the disk. */
export async function makeSparseFile(path: string, bytes: number): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
}
