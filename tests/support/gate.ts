/** Something to wait for, and to open by hand: order without time. */
export class Gate {
  readonly opened: Promise<void>;
  private resolve: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => (this.resolve = resolve));
  }

  open(): void {
    this.resolve();
  }
}

/** After so long, what is waited for will not come: long before the test is given up, in ms. */
const LONGEST_WAIT_MS = 20_000;

/** Waits, turn by turn of the event loop, until something holds. Fails when it never does. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it never came: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
