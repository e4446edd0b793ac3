/** A web stream that pulls from a generator, and ends the generator when it is cancelled. */
export function streamFrom(content: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const result = await content.next();
      if (result.done === true) controller.close();
      else controller.enqueue(result.value);
    },
    async cancel() {
      await content.return(undefined);
    },
  });
}
