import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

type SocketAnswer = { result?: unknown; error?: { code: string } };

/** Asks a server over the page's socket, one question at a time; the socket is closed when the test ends. */
export async function socketOf(origin: string, token: string): Promise<(method: string, ...params: unknown[]) => Promise<SocketAnswer>> {
  const socket = new WebSocket(`${origin.replace("http", "ws")}/api/ws`, ["orrery.v1", `token.${token}`], { origin });
  onTestFinished(() => socket.close());
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  let next = 1;
  return (method, ...params) =>
    new Promise((resolve) => {
      socket.once("message", (data) => resolve(JSON.parse(String(data))));
      socket.send(JSON.stringify({ id: next++, method, params }));
    });
}
