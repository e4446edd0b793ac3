import { REQUEST_KINDS } from "./exchange";
import type { FaultCase } from "./cases";

/** One line per fault and mode, one column per kind of request: the statuses that came. */
export class OutcomeTable {
  private readonly cells = new Map<string, Map<string, Set<string>>>();
  private count = 0;

  constructor(private readonly title: string) {}

  add(label: string, { target }: FaultCase, status: string): void {
    this.count += 1;
    const line = this.cells.get(label) ?? new Map<string, Set<string>>();
    const cell = line.get(target.kind) ?? new Set<string>();
    line.set(target.kind, cell.add(status));
    this.cells.set(label, line);
  }

  toString(): string {
    const kinds = REQUEST_KINDS.filter((kind) =>
      [...this.cells.values()].some((line) => line.has(kind)),
    );
    const heads = ["fault, duration", ...kinds];
    const lines = [...this.cells].map(([label, line]) => [
      label,
      ...kinds.map((kind) => [...(line.get(kind) ?? ["-"])].sort().join("/")),
    ]);
    const widths = heads.map((head, column) =>
      Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)),
    );
    const text = [heads, ...lines].map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
    return `${this.title}\n\n${text.join("\n")}\n\n${this.count} cases\n`;
  }
}
