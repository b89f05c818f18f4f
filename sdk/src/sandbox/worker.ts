import type { Said } from "./engine.ts";
import type { SandboxLimits } from "./limits.ts";
import { Realm, type RealmFault, type RealmSeed } from "./realm.ts";

/** What the host's engine sends its worker: texts for the plugin as strings, all else as one of these. */
export type ToWorker =
  | string
  | {
      readonly do: "warm";
      readonly wasm: WebAssembly.Module;
      readonly limits: SandboxLimits;
      readonly modules: ReadonlyMap<string, string>;
      readonly seed?: RealmSeed | undefined;
    }
  | { readonly do: "load"; readonly code: string }
  | { readonly do: "ping"; readonly id: number };
/** What it hears: what the plugin says, the worker's own words as objects. */
export type FromWorker =
  | Said
  | { readonly is: "warm"; readonly seed?: RealmSeed | undefined }
  | { readonly is: "pong"; readonly id: number }
  | { readonly is: "fault"; readonly code: RealmFault; readonly message: string };

/** The worker's program, whatever carries its messages. Returns what takes a message of the host's. */
export function sandboxWorker(post: (message: FromWorker) => void): (message: ToWorker) => void {
  let realm: Realm | undefined;
  const fault = (code: RealmFault, message: string): void => post({ is: "fault", code, message });
  const failed = (): void => fault("SANDBOX_CRASHED", "the virtual machine could not be started");
  const output = { said: post, fault };
  return (message) => {
    if (typeof message === "string") return realm?.receive(message);
    if (message.do === "ping") return post({ is: "pong", id: message.id });
    if (message.do === "load") return void realm?.load(message.code).catch(failed);
    Realm.create(message.wasm, message.limits, message.modules, output, message.seed).then((made) => {
      realm = made;
      post({ is: "warm", seed: made.seed });
    }, failed);
  };
}
