import { version } from "./version.ts";

// Answered before anything is loaded.
if (process.argv.length === 3 && /^(--version|-V|-v)$/.test(process.argv[2] ?? "")) {
  process.stdout.write(`${version}\n`);
} else {
  const { main } = await import("./cli/program.ts");
  await main(process.argv.slice(2));
}
