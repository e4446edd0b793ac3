import { expect, test } from "vitest";
import { streamFrom } from "~/http/stream";

function source(pieces: number) {
  const state = { pulled: 0, ended: false };
  async function* content(): AsyncGenerator<Uint8Array, void> {
    try {
      for (let index = 0; index < pieces; index++) {
        state.pulled += 1;
        yield await Promise.resolve(new Uint8Array([index]));
      }
    } finally {
      state.ended = true;
    }
  }
  return { state, stream: streamFrom(content()) };
}

test("a stream gives what the generator gives, and ends with it", async () => {
  const { state, stream } = source(5);
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  expect([...bytes]).toEqual([0, 1, 2, 3, 4]);
  expect(state.ended).toBe(true);
});

test("a stream takes no more than one piece ahead of its reader", async () => {
  const { state, stream } = source(100);
  const reader = stream.getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(state.pulled).toBeLessThanOrEqual(2);
  await reader.cancel();
  expect(state.ended).toBe(true);
});

test("an error of the generator is the error of the stream", async () => {
  const broken = new Error("broken");
  // eslint-disable-next-line require-yield, @typescript-eslint/require-await -- fails at once
  async function* failing(): AsyncGenerator<Uint8Array, void> {
    throw broken;
  }
  await expect(new Response(streamFrom(failing())).arrayBuffer()).rejects.toBe(broken);
});
