import { type FromLender, lendGuests, type ToLender } from "@orrery/sdk/sandbox";
import { loadSandboxAssets, pageFrames } from "./frames.ts";
import { tabSandboxEngine } from "./tab-engine.ts";

// The program of a page whose sandbox is lent: what serves it sends a number over its socket for each kernel that borrows, and is called back under that number.
const engine = tabSandboxEngine({ frames: pageFrames(() => loadSandboxAssets(document.baseURI)) });
const socketAt = (path: string): WebSocket => new WebSocket(new URL(path, document.baseURI.replace(/^http/, "ws")));

socketAt("page").onmessage = ({ data: borrower }: MessageEvent<string>) => {
  const socket = socketAt(`guests/${borrower}`);
  const lent = lendGuests(engine, (message: FromLender) => socket.send(JSON.stringify(message)));
  socket.onmessage = ({ data }: MessageEvent<string>) => lent.take(JSON.parse(data) as ToLender);
  socket.onclose = () => lent.close();
};
