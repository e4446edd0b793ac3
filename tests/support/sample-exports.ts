import { writeFile } from "node:fs/promises";
import path from "node:path";
import { ConvexClient } from "~/convex/client";
import { createConvexSource } from "~/convex/export-source";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import { DOWNLOAD_FORMATS, type DownloadFormat } from "~/export/formats/format";
import { makeFile, MEBIBYTE, readBytes } from "./export-runs";

/** The sample data as files of all formats, made with one key for fingerprints and one clock. */
export async function writeSampleExports(folder: string): Promise<Record<DownloadFormat, string>> {
  const convex = await spawnEmbeddedConvex({});
  const client = new ConvexClient({
    url: convex.url,
    deployKey: convex.adminKey,
    timeoutMs: 30_000,
  });
  try {
    const source = createConvexSource(client, { kind: "command_line", name: "test" });
    const files: Partial<Record<DownloadFormat, string>> = {};
    for (const format of DOWNLOAD_FORMATS) {
      const page = { maximumBytes: 8 * MEBIBYTE, maximumDocuments: 24_000 };
      const file = await makeFile(source, { format, fingerprintKey: "one key", page });
      files[format] = path.join(folder, `sample.${format}`);
      await writeFile(files[format], await readBytes(file));
      file.dispose();
    }
    return files as Record<DownloadFormat, string>;
  } finally {
    await client.close();
    await convex.close();
  }
}
