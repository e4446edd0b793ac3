import { createHash } from "node:crypto";
import type { ExportFile } from "~/export/document";
import { exportFileName, type DownloadFormat } from "~/export/formats/format";
import type { FileMetadata } from "~/export/file-schema";
import type { Delivery, PreparedExport } from "~/export/run";

const PIECE_BYTES = 64 * 1024;

const METADATA: FileMetadata = {
  exportedAt: "2026-01-31T04:05:06.789Z",
  exportType: "full",
  version: "1.0",
  recordCounts: {},
  totalRecords: 0,
  snapshotTimestamp: "2026-01-31T04:05:06.123Z",
  consistency: "snapshot",
  exportedBy: "test",
  filtersApplied: {},
  relations: {},
  sanitization: {
    policyVersion: "1.0",
    excludedTables: [],
    excludedFields: [],
    redactedFields: [],
    redactions: {},
    withheld: {},
  },
};

export interface TestExportOptions {
  /** `json` where absent. */
  format?: DownloadFormat;
  /** Reading fails when it gets here. */
  breaksAt?: number;
  /** Awaited before each piece is read. */
  beforePiece?: (start: number) => Promise<void> | void;
  settleError?: Error;
}

/** An export of given bytes that is ready to be sent, and keeps what happened to it. */
export class TestExport implements PreparedExport {
  readonly file: ExportFile;
  readonly settled: Delivery[] = [];
  /** Ends of what was handed over, as reported. */
  readonly sent: number[] = [];
  /** How often its delivery broke off. */
  paused = 0;
  /** Readers that have begun and not ended. */
  reading = 0;

  constructor(
    readonly bytes: Buffer,
    private readonly options: TestExportOptions = {},
  ) {
    this.file = {
      name: exportFileName(new Date(METADATA.exportedAt), options.format),
      format: options.format ?? "json",
      bytes: bytes.byteLength,
      digest: createHash("sha256").update(bytes).digest(),
      metadata: METADATA,
      content: (range) => this.read(range?.start ?? 0, range?.end ?? bytes.byteLength),
      dispose: () => undefined,
    };
  }

  get etag(): string {
    return `"${this.file.digest.toString("hex")}"`;
  }

  reportSent(bytes: number): void {
    this.sent.push(bytes);
  }

  reportPaused(): void {
    this.paused += 1;
  }

  settle(delivery: Delivery): Promise<void> {
    this.settled.push(delivery);
    const { settleError } = this.options;
    return settleError === undefined ? Promise.resolve() : Promise.reject(settleError);
  }

  private async *read(start: number, end: number): AsyncGenerator<Buffer, void> {
    const { breaksAt = Infinity, beforePiece } = this.options;
    this.reading += 1;
    try {
      for (let at = start; at < end; at += PIECE_BYTES) {
        await beforePiece?.(at);
        if (at >= breaksAt) throw new Error("the source broke");
        if (this.settled.length > 0) throw new Error("read after it was freed");
        yield this.bytes.subarray(at, Math.min(at + PIECE_BYTES, end));
      }
    } finally {
      this.reading -= 1;
    }
  }
}
