// What the operating layer adds to a step: a chain of steps whose model answers at once, over the real kernel, runner, ledger and trace,
// with a journal in memory. The floor is the same chain as bare awaited calls. The bar for later is 10 µs (docs/architecture.md): printed, not asserted.
import { benchHost, median, type Shape } from "./bench-host.ts";

const rounds = 7;
const shapes: Shape[] = [1, 10, 100, 1_000].map((size) => ({ kind: "chain", size }));
const host = await benchHost(shapes);

const table: Record<string, object> = {};
for (const shape of shapes) {
  const { size } = shape;
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    let started = performance.now();
    const answer = async (text: string) => `${text.length}`;
    for (let step = 0, text = ""; step < size; step++) text = await answer(text);
    const bare = performance.now() - started;
    started = performance.now();
    await host.run(shape);
    if (round === 0) continue;
    ours.push((performance.now() - started) / size);
    floor.push(bare / size);
  }
  table[`${size} steps`] = { "bare promises, µs a step": +(median(floor) * 1e3).toFixed(2), "orrery, µs a step": +(median(ours) * 1e3).toFixed(1) };
}
console.table(table);
await host.close();
