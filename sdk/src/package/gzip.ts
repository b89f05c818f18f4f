import { asBytes, type Bytes, concat } from "./bytes.ts";
import { refusePackage } from "./refusal.ts";

// RFC 1952: magic, deflate, no flags, no time, no extra flags, unknown system. Flags would let a name or a comment in that nobody checks.
const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
const trailerBytes = 8;
/** Small, because a browser unpacks all of a piece at once: at most a thousand times its size. */
const pieceBytes = 4_096;

export async function gzip(bytes: Uint8Array): Promise<Bytes> {
  const packed = await new Response(new Blob([asBytes(bytes)]).stream().pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer();
  const trailer = new DataView(new ArrayBuffer(trailerBytes));
  trailer.setUint32(0, crc32(bytes), true);
  trailer.setUint32(4, bytes.length, true);
  return concat([Uint8Array.from(header), new Uint8Array(packed), new Uint8Array(trailer.buffer)]);
}

/**
 * Unpacks one gzip member that is all of `bytes`, counting what comes out and stopping at `mostBytes`.
 * Throws PACKAGE_ARCHIVE_INVALID for anything else, PACKAGE_TOO_LARGE.
 */
export async function gunzip(bytes: Uint8Array, mostBytes: number): Promise<Bytes> {
  const invalid = (why: string, cause?: unknown): Error => refusePackage("PACKAGE_ARCHIVE_INVALID", why, undefined, cause);
  if (bytes.length < header.length + trailerBytes || bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw invalid("it is no gzip archive");
  if (bytes[2] !== 8 || bytes[3] !== 0) throw invalid("its gzip header has parts a package does not have");
  const deflated = asBytes(bytes.subarray(header.length, bytes.length - trailerBytes));
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = pieces(deflated).pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > mostBytes) break;
      parts.push(value);
    }
  } catch (cause) {
    throw invalid("it is cut off, damaged, or has something after its end", cause);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (size > mostBytes) throw refusePackage("PACKAGE_TOO_LARGE", `unpacked it is larger than ${mostBytes} bytes`);
  const whole = concat(parts);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - trailerBytes, trailerBytes);
  if (trailer.getUint32(0, true) !== crc32(whole) || trailer.getUint32(4, true) !== whole.length) throw invalid("its checksum does not fit what is in it");
  return whole;
}

function pieces(bytes: Bytes): ReadableStream<Bytes> {
  let at = 0;
  return new ReadableStream<Bytes>(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(at, at + pieceBytes));
        at += pieceBytes;
      },
    },
    { highWaterMark: 0 },
  );
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (table[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
