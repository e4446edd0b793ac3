import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** Fixed by RFC 6455, section 1.3. */
const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT_FRAME = 0x81;
/** Marks a length in the two bytes that follow (RFC 6455, section 5.2). */
const TWO_BYTE_LENGTH = 126;

const REFUSAL = JSON.stringify({
  type: "FatalError",
  error:
    "The embedded Convex has no WebSocket API (subscriptions, --watch, convex data). After " +
    "`convex run`, it means that there is no function of that name.",
});

/**
 * Refuses a WebSocket in the words of Convex's sync protocol. The official clients retry a refused
 * connection for ever; a fatal error they report.
 */
export function refuseWebSocket(request: IncomingMessage, socket: Duplex): void {
  const accept = createHash("sha1")
    .update(`${request.headers["sec-websocket-key"] ?? ""}${WEBSOCKET_GUID}`)
    .digest("base64");
  const message = Buffer.from(REFUSAL, "utf8");
  const header = Buffer.alloc(4);
  header.writeUInt8(TEXT_FRAME, 0);
  header.writeUInt8(TWO_BYTE_LENGTH, 1);
  header.writeUInt16BE(message.length, 2);
  socket.on("error", () => undefined);
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.end(Buffer.concat([header, message]));
}
