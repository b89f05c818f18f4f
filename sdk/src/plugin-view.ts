import { z } from "zod";

const words = z.string().max(200);
const finite = z.number();
/** The way to a run. The only place a view can lead to. */
const runLink = z.strictObject({ run: z.string().min(1).max(64), label: words });
const cell = z.union([words, finite, z.boolean(), runLink]);
const tone = z.enum(["plain", "muted", "ok", "warn", "error"]);

const block = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("heading"), text: words }),
  z.strictObject({ kind: z.literal("text"), text: z.string().max(4_000), tone: tone.optional() }),
  z.strictObject({ kind: z.literal("stat"), label: words, value: z.union([words, finite]), unit: words.optional(), note: words.optional() }),
  z.strictObject({ kind: z.literal("list"), items: z.array(z.union([words, runLink])).max(200) }),
  z.strictObject({ kind: z.literal("values"), entries: z.array(z.strictObject({ name: words, value: cell })).max(100) }),
  z
    .strictObject({ kind: z.literal("table"), columns: z.array(words).min(1).max(12), rows: z.array(z.array(cell)).max(500) })
    .refine(({ columns, rows }) => rows.every((row) => row.length === columns.length), "every row has a cell for each column"),
  z
    .strictObject({
      kind: z.literal("chart"),
      as: z.enum(["bars", "line"]),
      title: words,
      /** What stands under the values. */
      labels: z.array(words).min(1).max(200),
      series: z
        .array(z.strictObject({ name: words, values: z.array(finite) }))
        .min(1)
        .max(6),
    })
    .refine(({ labels, series }) => series.every(({ values }) => values.length === labels.length), "every series has a value for each label"),
  z.strictObject({ kind: z.literal("link"), run: z.string().min(1).max(64), label: words }),
]);

/** Where a plugin is asked for a view, and for which run. */
export const viewQuery = z.object({ place: z.enum(["extend", "run"]), run: z.string().optional() });
export type ViewQuery = z.infer<typeof viewQuery>;

/**
 * What a plugin shows: a closed set of blocks as plain data, drawn by the page. No markup, no address, nothing to click that leads elsewhere than to a run.
 * At most 50 blocks and 64,000 characters.
 */
export const pluginView = z
  .strictObject({ title: z.string().min(1).max(100), blocks: z.array(block).max(50) })
  .refine((view) => JSON.stringify(view).length <= 64_000, "a view has at most 64,000 characters");
export type PluginView = z.infer<typeof pluginView>;
export type ViewBlock = PluginView["blocks"][number];

/** One plugin's view, or why there is none. */
export interface ShownView {
  plugin: string;
  view?: PluginView;
  problem?: { code: string; message: string };
}
