import { frameDocument } from "./frame-document.ts";

/** Opens and closes the frames that guests live in. Only a page can: the kernel's worker asks for it over a port. */
export interface Frames {
  /** The other end of `port` goes to the guest's worker. */
  open(id: number, port: MessagePort): void;
  /** Removes the frame, and ends the worker in it with it. */
  close(id: number): void;
}

/** What a guest's worker is made of: text and bytes, since nothing can be fetched where it runs. */
export interface SandboxAssets {
  /** The worker's program, in one classic script. */
  readonly program: string;
  readonly wasm: ArrayBuffer;
  /** The module a plugin gets for "@orrery/sdk". */
  readonly sdk: string;
}

/** Fetches them from beside the page. Throws TypeError when they cannot be had. */
export async function loadSandboxAssets(base: string): Promise<SandboxAssets> {
  const get = async (name: string): Promise<Response> => {
    const answer = await fetch(new URL(`assets/sandbox/${name}`, base));
    if (!answer.ok) throw new TypeError(`${name}: ${answer.status}`);
    return answer;
  };
  const [program, wasm, sdk] = await Promise.all([get("guest.js"), get("quickjs.wasm"), get("sdk.js")]);
  return { program: await program.text(), wasm: await wasm.arrayBuffer(), sdk: await sdk.text() };
}

/** Frames without an origin in this document: what is in them shares no storage, no cookies and no network with the page. `load` is asked until it succeeded once. */
export function pageFrames(load: () => Promise<SandboxAssets>): Frames {
  const frames = new Map<number, HTMLIFrameElement>();
  let assets: Promise<SandboxAssets> | undefined;
  const fill = async (frame: HTMLIFrameElement, port: MessagePort): Promise<void> => {
    try {
      assets ??= load();
      const { program, ...parts } = await assets;
      frame.contentWindow?.postMessage({ program, parts }, "*", [port]);
    } catch {
      port.postMessage({
        is: "fault",
        code: "SANDBOX_CRASHED",
        message: "what the sandbox is made of could not be fetched: go online once, or reload the page",
      });
    }
  };
  return {
    open(id, port) {
      const frame = document.createElement("iframe");
      frame.sandbox.add("allow-scripts");
      frame.hidden = true;
      frame.title = "A plugin's sandbox";
      frame.addEventListener("load", () => void fill(frame, port), { once: true });
      frame.srcdoc = frameDocument;
      frames.set(id, frame);
      document.body.append(frame);
    },
    close(id) {
      frames.get(id)?.remove();
      frames.delete(id);
    },
  };
}

type ToPage = { readonly do: "open" | "close"; readonly id: number };

/** The page's end of the way between it and the kernel's worker. */
export function serveFrames(port: MessagePort, frames: Frames): void {
  port.onmessage = ({ data, ports: [guest] }: MessageEvent<ToPage>) => {
    if (data.do === "close") frames.close(data.id);
    else if (guest) frames.open(data.id, guest);
  };
}

/** The kernel's end of it. */
export const framesOver = (port: MessagePort): Frames => ({
  open: (id, guest) => port.postMessage({ do: "open", id } satisfies ToPage, [guest]),
  close: (id) => port.postMessage({ do: "close", id } satisfies ToPage),
});
