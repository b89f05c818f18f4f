import { definePlugin } from "@orrery/sdk";
import { createHub, Hub } from "./hub.ts";

/** Hears events and model deltas for whoever shows them: the terminal, the page, an HTTP client. */
export default definePlugin({
  manifest: {
    id: "orrery.host.hub",
    version: "0.1.0",
    api: "^1.0",
    title: "Hub",
    description: "Passes events and streamed text on to the terminal, the page and HTTP clients.",
  },
  provides: [Hub],
  setup({ tap, provide }) {
    const hub = createHub();
    tap("event", (event) => hub.tell(event.run, { kind: "event", event }), { phase: "observe" });
    tap("model.delta", (delta) => hub.tell(delta.run, { kind: "delta", delta }), { phase: "observe" });
    provide(Hub, hub);
  },
});
