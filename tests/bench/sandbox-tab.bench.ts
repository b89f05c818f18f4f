// What a sandboxed tap adds to a hook call in Chromium, where the kernel is in a worker, beside the same tap in the kernel's realm and the bare round trip of a port to another worker;
// and how long a plugin takes to start there, with and without a warm machine.
// The bars are 1.5 ms for three taps, 300 ms cold, 50 ms warm (docs/architecture.md): printed, not asserted.
import { measuredInChromium } from "../support/bench-page.ts";

interface Figures {
  readonly near: number;
  readonly far: number;
  readonly bare: number;
  readonly cold: number;
  readonly warm: number;
}

const { near, far, bare, cold, warm } = await measuredInChromium<Figures>("sandbox-tab-page.ts", "sandbox-tab-worker.ts");
console.log(`three taps in the kernel's realm     ${near.toFixed(3)} ms`);
console.log(`three sandboxed taps, one by one     ${far.toFixed(2)} ms: ${(far - near).toFixed(2)} ms more (bar 1.5)`);
console.log(
  `three bare round trips of a port     ${(3 * bare).toFixed(2)} ms, the floor of that: the sandbox takes ${(far / (3 * bare)).toFixed(2)} times as long`,
);
console.log(`a plugin's start                     ${cold.toFixed(0)} ms cold (bar 300), ${warm.toFixed(0)} ms with a warm machine (bar 50)`);
