import { writeSync } from "node:fs";
import { Socket } from "node:net";

/**
 * Writes all of it to standard output, at the pace of whoever reads it.
 * @throws the system's error, also where only a part of it could be written
 */
export async function print(piece: string | Uint8Array): Promise<void> {
  // For a file, Node's stream is none of these, and takes what the disk took for all of it.
  const isPipeOrTerminal: boolean = process.stdout instanceof Socket;
  if (isPipeOrTerminal) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(piece, (error) => (error ? reject(error) : resolve()));
    });
    return;
  }
  const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
  for (let written = 0; written < bytes.byteLength;) {
    written += writeSync(process.stdout.fd, bytes, written);
  }
}
