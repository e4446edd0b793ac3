/** Lets many wait for conditions on shared state; whoever changes the state announces it. */
export class Changes {
  private readonly checks = new Set<() => void>();

  /**
   * Resolves when `holds` first returns true, and rejects with what it throws. It is called at
   * once, and after each announcement. A caller that lost interest may drop the promise: its
   * rejection is then no unhandled one.
   */
  until(holds: () => boolean): Promise<void> {
    const settled = new Promise<void>((resolve, reject) => {
      const check = () => {
        try {
          if (!holds()) return;
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        this.checks.delete(check);
      };
      this.checks.add(check);
      check();
    });
    settled.catch(() => undefined);
    return settled;
  }

  announce(): void {
    for (const check of this.checks) check();
  }
}
