import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../lib/paths.mjs";
import { thrownErrors } from "./thrown-errors.mjs";

const cell = (text) => text.replaceAll("|", "\\|").replace(/\s+/g, " ").replaceAll("<", "&lt;").trim();
/** `plugins/runner`, `host-node`: the folder a person would look in. */
const folderOf = (file) => (file.startsWith("plugins/") ? file.split("/").slice(0, -1).join("/") : file.split("/")[0]);

/** docs/error-codes.md: the kernel's catalogue, then the codes of plugins and hosts as their code throws them. */
export async function errorCodesPage() {
  const { errorCatalogue } = await import(pathToFileURL(join(root, "kernel/src/index.ts")).href);
  const thrown = thrownErrors();
  return [
    "# Error codes",
    "",
    "Generated from the code by `node scripts/docs.mjs`; do not edit.",
    "",
    "An error says what happened, to whom, and what to do now. Its `code` never changes its meaning; its words may. Look for the code, not for the words.",
    "",
    "## The kernel's",
    "",
    "A `KernelError` also names the plugin and the hook it concerns, and carries its cause.",
    "",
    "| code | what happened | what to do |",
    "|---|---|---|",
    ...Object.entries(errorCatalogue).map(([code, entry]) => `| \`${code}\` | ${cell(entry.what)} | ${cell(entry.do)} |`),
    "",
    "## Of plugins and hosts",
    "",
    "An `OrreryError`. `…` stands for what is filled in.",
    "",
    "| code | what happened | what to do | from |",
    "|---|---|---|---|",
    ...[...thrown.keys()].sort().map((code) => {
      const rows = thrown.get(code);
      const words = rows.find((row) => row.message !== "")?.message ?? "";
      const advice = rows.find((row) => row.advice !== "")?.advice ?? "";
      const folders = [...new Set(rows.map((row) => folderOf(row.file)))].sort();
      return `| \`${code}\` | ${cell(words)} | ${cell(advice)} | ${folders.map((folder) => `\`${folder}\``).join(", ")} |`;
    }),
    "",
  ].join("\n");
}
