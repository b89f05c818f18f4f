import { type BorrowedEngine, borrowedEngine, type FromLender, type SandboxEngine } from "@orrery/sdk/sandbox";
import { WebSocket } from "ws";

/** An engine whose guests live in the tab behind `address`. It keeps no process alive. */
export async function borrowTab(address: string): Promise<SandboxEngine> {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  socket.on("upgrade", ({ socket: stream }) => stream.unref());
  const engine: BorrowedEngine = borrowedEngine((message) => socket.send(JSON.stringify(message)));
  socket.on("message", (data) => engine.take(JSON.parse(String(data)) as FromLender));
  socket.on("close", () => engine.lost());
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => socket.terminate());
  return engine;
}
