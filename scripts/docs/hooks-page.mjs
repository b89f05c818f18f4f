import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../lib/paths.mjs";
import { typeBlock } from "./type-text.mjs";

const kinds = {
  series: ["one after another", "nothing"],
  waterfall: ["one after another, each on what the one before it returned", "the input, changed; `undefined` leaves it as it is"],
  bail: ["one after another until one answers", "the answer; `undefined` passes on to the next"],
  parallel: ["all at once", "nothing"],
  collect: ["all at once, each isolated: one's failure hides no other's answer", "its answer; `undefined` for none"],
  guard: ["all of them, always; deny over ask over no objection", '`{ decision: "deny" | "ask", reason }`; `undefined` for no objection'],
  notify: ["told, synchronously, and not waited for", "nothing"],
};
const faults = { fail: "the call fails", skip: "the tap is skipped", closed: "counts as *deny*" };

/** docs/hooks.md: the catalogue of a task's life as the code has it. */
export async function hooksPage() {
  const { lifecycle } = await import(pathToFileURL(join(root, "sdk/src/index.ts")).href);
  const { z } = createRequire(join(root, "sdk/package.json"))("zod");
  const type = (schema) => typeBlock(z.toJSONSchema(schema, { unrepresentable: "any", io: "input", reused: "inline", cycles: "ref" }));
  const names = Object.keys(lifecycle);
  const lines = [
    "# Hooks",
    "",
    "Generated from `sdk/src/lifecycle.ts` by `node scripts/docs.mjs`; do not edit.",
    "",
    "A plugin taps a hook with `tap(name, fn)`. The hook's spec, not the plugin and not the caller, fixes its kind, how long a tap may take, and what a tap's failure does.",
    "Within a hook taps stand by phase (`guard`, `main`, `observe`), then by `before` and `after`, then in the order of installation; `orrery plugins explain HOOK` shows the order and why.",
    "",
    "| kind | taps run | a tap returns |",
    "|---|---|---|",
    ...Object.entries(kinds).map(([kind, [run, returns]]) => `| \`${kind}\` | ${run} | ${returns.replaceAll("|", "\\|")} |`),
    "",
    "| hook | kind | a tap that fails | a tap may take | what for |",
    "|---|---|---|---|---|",
    ...names.map((name) => {
      const { kind, fault, deadlineMs, doc } = lifecycle[name];
      const may = deadlineMs === "caller" ? "as long as its caller allows" : `${deadlineMs / 1000} s`;
      return `| [\`${name}\`](#${name.replaceAll(".", "")}) | ${kind} | ${faults[fault]} | ${may} | ${doc} |`;
    }),
    "",
  ];
  for (const name of names) {
    const { kind, doc, input, output, empty } = lifecycle[name];
    lines.push(`## ${name}`, "", doc, "", "```ts", `// ${kind}`, `input: ${type(input)}`);
    if (output) lines.push(`answer: ${type(output)}`);
    lines.push("```", "");
    if (empty) lines.push(`With no tap at all: ${empty}.`, "");
  }
  return lines.join("\n");
}
