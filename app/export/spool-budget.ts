/** Bytes of something that is short, such as memory or disk: how many are held, of how many. */
export class Budget {
  private total = 0;

  constructor(readonly limit: number) {}

  get held(): number {
    return this.total;
  }

  /** Bytes that can still be taken within the limit. */
  get room(): number {
    return Math.max(0, this.limit - this.total);
  }

  /** The part of one holder, empty at first. */
  open(): Holding {
    return new Holding((bytes) => {
      this.total += bytes;
    });
  }
}

/** What one holder has of a budget. The holder keeps to the limit; the budget only counts. */
export class Holding {
  private bytes = 0;
  private isClosed = false;

  constructor(private readonly onChange: (bytes: number) => void) {}

  get held(): number {
    return this.bytes;
  }

  take(bytes: number): void {
    if (this.isClosed) return;
    this.bytes += bytes;
    this.onChange(bytes);
  }

  give(bytes: number): void {
    this.take(-bytes);
  }

  /** Gives back everything. What is taken or given afterwards counts for nothing. */
  close(): void {
    this.give(this.bytes);
    this.isClosed = true;
  }
}
