import { describe, expect, test } from "vitest";
import { ClientPace } from "~/http/client-pace";

const PIECE_BYTES = 256 * 1024;

function repeat(times: number, action: () => void): void {
  for (let time = 0; time < times; time += 1) action();
}

describe("a client", () => {
  test("counts as fast until it was waited for", () => {
    expect(new ClientPace().isSlow).toBe(false);
  });

  test("is slow when it needs longer for the saved bytes than compressing takes", () => {
    const pace = new ClientPace();
    repeat(50, () => pace.compressed(4, PIECE_BYTES, PIECE_BYTES / 4));
    // Sending a quarter instead of all saves 3/4: 4 ms at 5.3 ms per piece.
    repeat(50, () => pace.waited(5, PIECE_BYTES));
    expect(pace.isSlow).toBe(false);
    repeat(50, () => pace.waited(6, PIECE_BYTES));
    expect(pace.isSlow).toBe(true);
  });

  test("is judged by the bytes that it was sent, compressed or not", () => {
    const pace = new ClientPace();
    repeat(200, () => pace.waited(25, PIECE_BYTES / 4));
    expect(pace.isSlow).toBe(true);
    repeat(200, () => pace.waited(1, PIECE_BYTES / 4));
    expect(pace.isSlow).toBe(false);
  });

  test("is never slow for content that does not shrink", () => {
    const pace = new ClientPace();
    repeat(50, () => pace.compressed(4, PIECE_BYTES, PIECE_BYTES));
    repeat(50, () => pace.waited(1000, PIECE_BYTES));
    expect(pace.isSlow).toBe(false);
  });

  test("is not judged by how long a few bytes took, of which a file has some between tables", () => {
    const pace = new ClientPace();
    pace.compressed(5, 20, 25);
    pace.waited(9, 25);
    expect(pace.isSlow).toBe(false);
    pace.waited(250, PIECE_BYTES);
    expect(pace.isSlow).toBe(true);
  });

  test("is found to be slow within a few pieces, and a single pause is soon forgotten", () => {
    const pace = new ClientPace();
    repeat(3, () => pace.waited(250, PIECE_BYTES));
    expect(pace.isSlow).toBe(true);
    const afterPause = new ClientPace();
    afterPause.waited(60_000, PIECE_BYTES);
    expect(afterPause.isSlow).toBe(true);
    repeat(70, () => afterPause.waited(0.2, PIECE_BYTES));
    expect(afterPause.isSlow).toBe(false);
  });
});
