import { OrreryError } from "@orrery/sdk";
import type { WebSocket } from "ws";
import { z } from "zod";
import type { FromServer } from "../authoring/attached-host.ts";
import { DevGuest } from "../authoring/dev-guest.ts";
import { nodePlatform } from "../platform.ts";
import { nodeSandboxEngine } from "../sandbox/node-engine.ts";
import { answerOf } from "./answer-error.ts";
import type { Backend } from "./server.ts";

const id = z.int().nonnegative();
const order = z.discriminatedUnion("do", [
  z.strictObject({ id, do: z.literal("load"), code: z.string().max(5_000_000), deny: z.array(z.string().max(200)).max(100) }),
  z.strictObject({ id, do: z.literal("run"), task: z.string().min(1).max(100_000).optional() }),
]);

/** The socket of `orrery plugin dev --attach`, at `/api/dev`: the plugin it loads is in this server's runs as long as the socket is open, and leaves nothing behind. */
export function serveDev(socket: WebSocket, backend: Promise<Backend>): void {
  const send = (message: FromServer): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  const engine = nodeSandboxEngine();
  let deny: readonly string[] = [];
  let guest: Promise<DevGuest> | undefined;
  const open = async (): Promise<DevGuest> => {
    const { host, client } = await backend;
    return new DevGuest({
      kernel: host.kernel,
      client,
      engine,
      clock: nodePlatform().clock,
      deny: () => deny,
      configOf: (plugin) => host.settings.pluginConfig[plugin],
      tell: (news) => send({ news }),
    });
  };
  // One after another, and the end after all of them: a load that is under way is not left half done.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<unknown>): void => {
    last = last.then(work).catch(() => undefined);
  };
  socket.on("error", () => socket.terminate());
  socket.on("message", (data) => {
    const taken = take(String(data));
    inTurn(async () => {
      try {
        if ("error" in taken) throw taken.error;
        guest ??= open();
        if (taken.do === "load") {
          deny = taken.deny;
          send({ id: taken.id, result: await (await guest).load(taken.code) });
        } else void finish(taken.id, (await guest).run(taken.task));
      } catch (thrown) {
        send({ id: taken.id, error: answerOf(thrown).failure });
      }
    });
  });
  socket.on("close", () =>
    inTurn(async () => {
      try {
        await (await guest)?.close();
      } finally {
        await engine.close();
      }
    }),
  );

  /** A run takes as long as it takes: what is loaded meanwhile does not wait for it. */
  async function finish(order: number, run: Promise<void>): Promise<void> {
    try {
      await run;
      send({ id: order, result: true });
    } catch (thrown) {
      send({ id: order, error: answerOf(thrown).failure });
    }
  }
}

type Taken = z.output<typeof order> | { readonly id: number; readonly error: OrreryError };

function take(text: string): Taken {
  try {
    return order.parse(JSON.parse(text));
  } catch (cause) {
    return {
      id: 0,
      error: new OrreryError("REQUEST_INVALID", "the message is no order of orrery plugin dev", { todo: "Use the orrery of the server's version.", cause }),
    };
  }
}
