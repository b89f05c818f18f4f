// What keeping a step costs in a tab: chains of steps whose model answers at once, with the kernel in a worker and the journal in IndexedDB, strict durability kept.
// The floor is a put of one row there. The bar is 5 ms a step alone (docs/architecture.md): printed, not asserted.
import { measuredInChromium } from "../support/bench-page.ts";

const { steps, commit } = await measuredInChromium<{ steps: [number, number]; commit: number }>("durable-tab-page.ts", "durable-tab-worker.ts");
console.log(`a durable step in a tab              ${steps[0].toFixed(2)} ms in a run of 10, ${steps[1].toFixed(2)} ms in a run of 100 (bar 5)`);
console.log(`one row's commit                     ${commit.toFixed(2)} ms`);
