import { existsSync } from "node:fs";
import { Journal, type RunVerified } from "@orrery/sdk";
import { otherSigner, verifyRunFile } from "@orrery/sdk/archive";
import { locateHome } from "../../home.ts";
import { keyNamed } from "../../packages/known-keys.ts";
import { needRun } from "../../client/need-run.ts";
import { count } from "../format.ts";
import { oneLine, Terminal } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

type Options = Common & { all?: boolean; signer?: string };

/** `orrery verify`: recomputes the hash chain of a run, of all, or of an exported file, and the hashes of their files, and names what does not hold. */
export function verify(options: Options, named = ""): Promise<number> {
  return named !== "" && existsSync(named) ? verifyFile(options, named) : verifyRuns(options, named);
}

async function verifyFile(options: Options, file: string): Promise<number> {
  const terminal = new Terminal(options);
  const { textOf } = await import("./archive.ts");
  const { run, events, files, held, unheld, head, signer } = await verifyRunFile(textOf(file), options.signer);
  const known = signer === undefined ? undefined : await keyNamed(locateHome(options.home), signer);
  terminal.object({ ok: true, file, run, events, files, held, unheld, head, ...(signer ? { signer } : {}), ...(known ? { known } : {}) });
  tellWhole(terminal, [{ run, events, held, unheld }]);
  terminal.line(`${run} ends in ${head}; ${signer ? `that is signed by ${signer}, ${known ?? unknown}` : "nobody signed it"}.`);
  return 0;
}

function verifyRuns(options: Options, runId: string): Promise<number> {
  return withHost(options, async ({ client, host, terminal }) => {
    const journal = host.need(Journal);
    if (runId !== "") await needRun(client, runId);
    const runs = runId !== "" ? [runId] : (await journal.runs({ limit: 1_000_000 })).map(({ run }) => run);
    const checked: Checked[] = [];
    for (const run of runs) {
      const verified = await client.verifyRun(run);
      const signer = verified.signature?.signer;
      if (options.signer !== undefined && signer !== options.signer)
        throw otherSigner(`Run ${run} ${signer ? `came signed by ${signer}` : "came with no signature"}`, options.signer);
      const [broken] = verified.brokenAt === undefined ? [] : await journal.read(run, verified.brokenAt, 1).catch(() => []);
      checked.push({ ...verified, ...(broken ? { type: broken.type } : {}) });
    }
    const ok = checked.every((each) => each.ok);
    terminal.object({ ok, runs: checked });
    for (const each of checked) tellBroken(terminal, each);
    if (ok) tellWhole(terminal, checked);
    return ok ? 0 : 1;
  });
}

const unknown = "a key that is not known here";

type Checked = RunVerified & { type?: string };

function tellBroken(terminal: Terminal, { run, brokenAt, type, changed, signature }: Checked): void {
  const broken = terminal.colours.red("broken");
  if (brokenAt !== undefined)
    terminal.line(`${broken} ${run}: entry ${brokenAt}${type ? ` (${type})` : ""} is not what was written there, or the ones after it are gone.`);
  for (const { path, version, expected, found } of changed) {
    const now = found === undefined ? "it is gone" : `found ${found}`;
    terminal.line(`${broken} ${run}: ${oneLine(path, 240)}, version ${version}, is not what was written there: expected SHA-256 ${expected}, ${now}.`);
  }
  if (signature?.ok === false)
    terminal.line(`${broken} ${run}: its last entry is not the one that ${signature.signer}, ${signature.known ?? unknown}, signed.`);
}

type Whole = Pick<RunVerified, "run" | "events" | "held" | "unheld" | "signature">;

function tellWhole(terminal: Terminal, checked: readonly Whole[]): void {
  const sum = (of: (each: Whole) => number) => checked.reduce((total, each) => total + of(each), 0);
  const chains = checked.length === 1 ? "The chain holds" : `The chains of ${checked.length} runs hold`;
  const held = sum((each) => each.held);
  terminal.line(`${chains}, ${sum(({ events }) => events)} entries${held > 0 ? `; ${count(held, "file")} as written` : ""}.`);
  for (const { run, signature } of checked)
    if (signature) terminal.line(`${run} came signed by ${signature.signer}, ${signature.known ?? unknown}, and ends as it was signed.`);
  for (const { run, unheld } of checked)
    for (const { path, version, why } of unheld)
      terminal.line(`${terminal.colours.yellow("unheld")} ${run}: ${oneLine(path, 240)}, version ${version}: ${why}.`);
}
