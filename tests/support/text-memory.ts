import { serialize } from "node:v8";

/** V8's mark of a string that it holds with one byte for each character (`value-serializer.cc`). */
const ONE_BYTE_STRING = 0x22;

/** Whether V8 holds a text with one byte for each character, and not with two. */
export function hasOneByteCharacters(text: string): boolean {
  return serialize(text)[2] === ONE_BYTE_STRING;
}
