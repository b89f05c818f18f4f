import { type Journal, type JournalEntry, type NewEntry, type RunSummary, sha256, wasImported } from "@orrery/sdk";
import {
  type Archive,
  exportRun,
  importRun,
  pruneRuns,
  readRunFile,
  runBytes,
  runFileLimits,
  signRunFile,
  verifyRun,
  verifyRunFile,
} from "@orrery/sdk/archive";
import { generateKey } from "@orrery/sdk/package";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface ArchiveUnderTest {
  archive: Archive;
  /** Another host's, with nothing in it. */
  elsewhere: Archive;
  close(): Promise<void>;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: { code?: string }) => error.code ?? String(error),
  );
const entry = (type: string, data: NewEntry["data"], ts: number): NewEntry => ({ type, actor: "ada", workspace: "home", data, ts });
const spending = { allowed: false, capNano: 0, why: "test" };
const submitted = (run: string, ts: number): NewEntry => {
  const task = { id: `task_${run}`, run, thread: `thread_${run}`, text: `Say "${run}"\u2028ü`, documents: [], criteria: [], constraints: { spending } };
  return entry("run.submitted", { task: { ...task, actor: "ada", workspace: "home", createdAt: ts } }, ts);
};
const finished = (ts: number): NewEntry =>
  entry("run.finished", { status: "accepted", output: "done", observedCalls: 1, reasons: [], failures: [], durationMs: 1 }, ts);

/** A file's entry; without `content`, as journals had it before they kept hashes. */
const wrote = async (name: string, version: number, content?: string): Promise<NewEntry> => {
  const hash = content === undefined ? {} : { sha256: await sha256(content) };
  return entry("artifact.made", { name, mediaType: "text/plain", bytes: 3, from: "s", version, ...hash }, 15);
};

async function made(journal: Journal, run: string, begun: number, ended?: number, files: readonly NewEntry[] = []): Promise<void> {
  const epoch = await journal.lease(run);
  const entries = [submitted(run, begun), entry("run.redirected", { instruction: "Only the costs.", by: "ada" }, begun + 1), ...files];
  await journal.append({ run, epoch, expect: 0, entries: ended === undefined ? entries : [...entries, finished(ended)] });
  if (ended === undefined) await journal.release(run, epoch);
}
const runsIn = async ({ journal }: Archive): Promise<string[]> => (await journal.runs({ limit: 100 })).map(({ run }) => run);

/** A run's file as somebody would write it who knows the format: the last line fits again, with the signature it is given. */
async function sealed(lines: readonly string[], signed?: unknown): Promise<string> {
  const body = lines.map((line) => `${line}\n`).join("");
  return `${body}${JSON.stringify({ sha256: await sha256(body), ...(signed ? { signed } : {}) })}\n`;
}

/** The entries of a file that holds in itself. */
const chainOf = async (lines: readonly string[]): Promise<JournalEntry[]> => (await readRunFile(await sealed(lines))).entries;

/** What both hosts do with runs as a whole, over their own stores. */
export function archiveContract(name: string, open: () => Promise<ArchiveUnderTest>): void {
  describe(`runs as files, over ${name}`, () => {
    let under: ArchiveUnderTest;
    let here: Archive;
    let there: Archive;
    beforeEach(async () => {
      under = await open();
      here = under.archive;
      there = under.elsewhere;
      await made(here.journal, "r", 10, 20, [await wrote("notes/plan.md", 1, "one"), await wrote("notes/plan.md", 2, "two"), await wrote("table.csv", 1)]);
      for (const text of ["one", "two"]) await here.workspace?.write("r", "notes/plan.md", bytes(text), `by ${text}`);
      await here.workspace?.write("r", "table.csv", new Uint8Array([0, 255, 10]), "s");
    });
    afterEach(() => under.close());

    it("are the same elsewhere: entries, chain, and every version of every file", async () => {
      const text = await exportRun(here, "r");
      const imported = await importRun(there, text);
      expect(imported).toEqual({ run: "r", events: 6, files: 3, unheld: 1, head: (await here.journal.head("r"))?.head });
      const plain = ({ seq: _, ...rest }: JournalEntry) => rest;
      expect((await there.journal.read("r")).map(plain)).toEqual((await here.journal.read("r")).map(plain));
      expect(await there.journal.verify("r")).toEqual({ ok: true, events: 6 });
      expect(await there.journal.runs()).toEqual(await here.journal.runs());
      const told = async ({ workspace }: Archive) => ((await workspace?.versions("r", "notes/plan.md")) ?? []).map(({ version, from }) => [version, from]);
      expect(await told(there)).toEqual(await told(here));
      const first = await there.workspace?.read("r", "notes/plan.md", 1);
      expect([new TextDecoder().decode(first?.bytes), [...((await there.workspace?.read("r", "table.csv"))?.bytes ?? [])]]).toEqual(["one", [0, 255, 10]]);
      // What it says of money, nobody agreed to there.
      expect([await wasImported(there.storage, "r"), await wasImported(here.storage, "r")]).toEqual([true, false]);
      expect(await exportRun(there, "r")).toBe(text);
    });

    it("never take another's place", async () => {
      const text = await exportRun(here, "r");
      await importRun(there, text);
      await expect(importRun(there, text)).rejects.toMatchObject({ code: "RUN_EXISTS", message: expect.stringContaining("the same to its last entry") });
      await there.journal.forget("r");
      await there.workspace?.removeFiles("r");
      await made(there.journal, "r", 11, 21);
      await there.workspace?.write("r", "own.md", bytes("own"), "s");
      await expect(importRun(there, text)).rejects.toMatchObject({ code: "RUN_EXISTS", message: expect.stringContaining("not the one in the file") });
      expect([(await there.journal.read("r"))[0]?.ts, (await there.workspace?.list("r"))?.map(({ path }) => path)]).toEqual([11, ["own.md"]]);
    });

    it("are refused when anything in them was changed, cut off, or was never a run, and nothing is kept", async () => {
      const text = await exportRun(here, "r");
      const lines = text.trimEnd().split("\n");
      const at = (i: number, change: (line: string) => string) => sealed(lines.slice(0, -1).map((line, each) => (each === i ? change(line) : line)));
      const forged = await at(2, (line) => line.replace("Only the costs.", "Spend it all."));
      const refused: [string, string][] = [
        [forged, "RUN_FILE_FORGED"],
        [await at(1, (line) => line.replace('"actor":"ada"', '"actor":"eve"')), "RUN_FILE_FORGED"],
        [await at(0, (line) => line.replace('"run":"r"', '"run":"q"')), "RUN_FILE_FORGED"],
        [await at(0, (line) => line.replace('"run":"r"', '"run":"../../r"')), "RUN_FILE_INVALID"],
        [await at(2, (line) => line.replace("run.redirected", "run.rewritten")), "RUN_FILE_INVALID"],
        [await at(2, (line) => line.replace('"by":"ada"', '"by":7')), "RUN_FILE_INVALID"],
        [await at(2, (line) => line.replace("run.redirected", "__proto__")), "RUN_FILE_INVALID"],
        [await at(9, (line) => line.replace("table.csv", "../../etc/passwd")), "WORKSPACE_PATH"],
        [await at(2, () => `{"idx":1,"data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), "RUN_FILE_INVALID"],
        [text.replace("Only the costs.", "Only the money."), "RUN_FILE_TORN"],
        [text.slice(0, -1), "RUN_FILE_TORN"],
        [text.slice(0, Math.floor(text.length / 2)), "RUN_FILE_TORN"],
        [[...lines.slice(0, 2), ...lines.slice(3)].map((line) => `${line}\n`).join(""), "RUN_FILE_TORN"],
        [text + text, "RUN_FILE_TORN"],
        ["", "RUN_FILE_INVALID"],
        ["{}\n", "RUN_FILE_INVALID"],
        ["x".repeat(11_000_000), "RUN_FILE_INVALID"],
        [`${"[".repeat(1_500)}\n`.repeat(8_000), "RUN_FILE_INVALID"],
        ["\n".repeat(12_000_000), "RUN_FILE_INVALID"],
        ["x".repeat(runFileLimits.characters + 1), "RUN_FILE_INVALID"],
      ];
      for (const [file, code] of refused) expect(await codeOf(importRun(there, file)), file.slice(0, 200)).toBe(code);
      expect([await runsIn(there), await there.workspace?.list("r"), await there.workspace?.list("q")]).toEqual([[], [], []]);
      await importRun(there, text);
      expect(await runsIn(there)).toEqual(["r"]);
    });

    it("hold their files: one that was changed, exchanged or taken away is named, and not given out, exported or taken in", async () => {
      const files = here.storage.open("orrery.workspace");
      const [one, two, forged] = [await sha256("one"), await sha256("two"), await sha256("forged")];
      const loose = { path: "table.csv", version: 1, why: "no hash kept" };
      const whole = await exportRun(here, "r");
      expect(await verifyRun(here, "r")).toEqual({ run: "r", ok: true, events: 6, held: 2, unheld: [loose], changed: [] });
      await here.workspace?.write("r", "extra.md", bytes("x"), "s");
      expect(await verifyRun(here, "r")).toMatchObject({ ok: true, unheld: [loose, { path: "extra.md", version: 1, why: "no entry names it" }] });

      await files.setBytes("content/r/0", bytes("forged"));
      const first = { path: "notes/plan.md", version: 1 };
      expect(await verifyRun(here, "r")).toMatchObject({ ok: false, events: 6, held: 1, changed: [{ ...first, expected: one, found: forged }] });
      for (const refused of [() => exportRun(here, "r"), async () => here.workspace?.read("r", first.path, 1)])
        await expect(refused()).rejects.toMatchObject({ code: "FILE_CHANGED", message: expect.stringContaining(forged) });
      // Whoever changes the list of files beside their content changes no entry.
      const rows = (await files.get("run/r")) as { sha256?: string }[];
      await files.set("run/r", [{ ...rows[0], sha256: forged }, ...rows.slice(1)]);
      expect(await verifyRun(here, "r")).toMatchObject({ ok: false, changed: [{ ...first, expected: one, found: forged }] });
      await expect(exportRun(here, "r")).rejects.toMatchObject({ code: "FILE_CHANGED" });
      await files.setBytes("content/r/0", bytes("two"));
      await files.setBytes("content/r/1", bytes("one"));
      expect(await verifyRun(here, "r")).toMatchObject({
        changed: [
          { expected: one, found: two },
          { version: 2, expected: two, found: one },
        ],
      });
      await here.workspace?.removeFiles("r");
      expect((await verifyRun(here, "r")).changed).toEqual([
        { ...first, expected: one },
        { path: "notes/plan.md", version: 2, expected: two },
      ]);
      await expect(verifyRun(here, "nobody")).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
      const { workspace: _, ...without } = here;
      expect(await verifyRun({ ...without, workspace: undefined }, "r")).toMatchObject({ ok: true, held: 0 });
      await expect(exportRun({ ...without, workspace: undefined }, "r")).rejects.toMatchObject({ code: "WORKSPACE_MISSING" });

      const lines = whole.trimEnd().split("\n").slice(0, -1);
      const [head = "", ...rest] = lines;
      const base64 = (of: string) => JSON.stringify({ base64: btoa(of) }).slice(1, -1);
      const asFew = JSON.stringify({ ...JSON.parse(head), files: 2 });
      const asMany = JSON.stringify({ ...JSON.parse(head), files: 4 });
      const last = rest.length - 1;
      for (const [changed, code] of [
        [[head, ...rest.map((line) => line.replace(base64("one"), base64("eno")))], "RUN_FILE_FORGED"],
        [[head, ...rest.map((line) => line.replace(base64("one"), base64("two")))], "RUN_FILE_FORGED"],
        [[asFew, ...rest.filter((line) => !line.includes(base64("one")))], "RUN_FILE_FORGED"],
        [[head, ...rest.map((line) => line.replace(one, forged).replace(base64("one"), base64("forged")))], "RUN_FILE_FORGED"],
        [[asMany, ...rest, (rest[last] ?? "").replace(/"base64":"[^"]*"/, base64("again"))], "WORKSPACE_PATH"],
      ] as const)
        expect(await codeOf(importRun(there, await sealed(changed)))).toBe(code);
      expect([await runsIn(there), await there.workspace?.list("r")]).toEqual([[], []]);
      await importRun(there, whole);
      expect(await verifyRun(there, "r")).toMatchObject({ ok: true, held: 2, unheld: [loose] });
    });

    it("say who signed their head: a tail that was cut off, or a chain written anew, is not what was signed", async () => {
      const [ada, eve] = await Promise.all([generateKey(), generateKey()]);
      const plain = await exportRun(here, "r");
      const text = await signRunFile(plain, ada);
      expect(await verifyRunFile(plain)).not.toHaveProperty("signer");
      expect(await verifyRunFile(text, ada.fingerprint)).toMatchObject({ run: "r", events: 6, files: 3, held: 2, signer: ada.fingerprint });
      expect((await signRunFile(text, eve)).split("\n").slice(0, -2)).toEqual(plain.split("\n").slice(0, -2));
      expect((await verifyRunFile(await signRunFile(text, eve))).signer).toBe(eve.fingerprint);
      expect(await codeOf(signRunFile(plain, { ...ada, publicKey: eve.publicKey }))).toBe("KEY_INVALID");

      // Whoever keeps another chain of the same run writes a file that holds in itself.
      const { signed } = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "") as { signed: { key: string; signature: string } };
      await there.journal.adopt("r", (await here.journal.read("r")).slice(0, 3));
      const epoch = await there.journal.lease("r");
      await there.journal.append({ run: "r", epoch, expect: 3, entries: [finished(21)] });
      await there.workspace?.write("r", "notes/plan.md", bytes("one"), "by one");
      const anew = (await exportRun(there, "r")).trimEnd().split("\n").slice(0, -1);
      await there.journal.forget("r");
      await there.workspace?.removeFiles("r");
      const lines = plain.trimEnd().split("\n").slice(0, -1);
      const head = JSON.parse(lines[0] ?? "") as object;
      const { hash } = JSON.parse(lines[5] ?? "") as { hash: string };
      const cut = [JSON.stringify({ ...head, events: 5, head: hash }), ...lines.slice(1, 6), ...lines.slice(7)];
      for (const forged of [anew, cut]) {
        expect(await codeOf(verifyRunFile(await sealed(forged)))).toBe("no error");
        for (const check of [verifyRunFile, (file: string, signer?: string) => importRun(there, file, signer)]) {
          expect(await codeOf(check(await sealed(forged, signed)))).toBe("RUN_FILE_FORGED");
          expect(await codeOf(check(await sealed(forged), ada.fingerprint))).toBe("RUN_FILE_SIGNER");
        }
      }
      expect(await codeOf(verifyRunFile(await sealed(lines, { ...signed, key: eve.publicKey })))).toBe("RUN_FILE_FORGED");
      expect(await codeOf(verifyRunFile(await sealed(lines, { ...signed, key: "?" })))).toBe("RUN_FILE_FORGED");
      expect(await codeOf(importRun(there, text, eve.fingerprint))).toBe("RUN_FILE_SIGNER");
      expect(await runsIn(there)).toEqual([]);

      expect(await importRun(there, text, ada.fingerprint)).toMatchObject({ run: "r", signer: ada.fingerprint });
      expect(await verifyRun(there, "r")).toMatchObject({ ok: true, signature: { signer: ada.fingerprint, ok: true } });
      const known = "the key of a friend";
      const keyNamed = async (fingerprint: string) => (fingerprint === ada.fingerprint ? known : undefined);
      expect(await verifyRun({ ...there, keyNamed }, "r")).toMatchObject({ ok: true, signature: { signer: ada.fingerprint, ok: true, known } });
      expect((await verifyRun(there, "r")).signature).not.toHaveProperty("known");
      expect(await exportRun(there, "r")).toBe(text);
      // The chain may be written anew where it was taken in: the signature is of the one that came.
      await there.journal.forget("r");
      await there.journal.adopt("r", await chainOf(anew));
      expect(await verifyRun(there, "r")).toMatchObject({ ok: false, signature: { signer: ada.fingerprint, ok: false } });
      expect(await verifyRun(here, "r")).not.toHaveProperty("signature");
    });

    it("are not carried on twice: one without an end can be looked at in its file, and is not kept", async () => {
      await made(here.journal, "open", 30);
      const text = await exportRun(here, "open");
      expect(JSON.parse(text.split("\n")[0] ?? "")).toMatchObject({ run: "open", events: 2 });
      expect(await codeOf(importRun(there, text))).toBe("RUN_FILE_UNFINISHED");
      expect(await codeOf(exportRun(here, "nobody"))).toBe("RUN_UNKNOWN");
    });

    it("are found again by the next one when taking them out breaks off", async () => {
      const breaking = new Proxy(here.journal, {
        get: (journal, key: keyof Journal) => (key === "forget" ? () => Promise.reject(new Error("killed")) : journal[key].bind(journal)),
      });
      await expect(pruneRuns({ ...here, journal: breaking }, { keep: 0 }, 100, async () => {})).rejects.toThrow("killed");
      expect((await pruneRuns(here, { keep: 0 }, 100, async () => {})).map(({ run }) => run)).toEqual(["r"]);
      expect([await runsIn(here), await here.workspace?.list("r")]).toEqual([[], []]);
    });

    it("go when they are older than they may be, with their files, and never while they go on", async () => {
      const gone: string[][] = [];
      const prune = async (rule: Parameters<typeof pruneRuns>[1], now: number): Promise<string[]> => {
        const pruned: RunSummary[] = await pruneRuns(here, rule, now, async (runs) => void gone.push([...runs]));
        return pruned.map(({ run }) => run);
      };
      await made(here.journal, "young", 30, 90);
      await made(here.journal, "open", 1);
      await made(here.journal, "taken", 2, 3);
      await here.journal.lease("taken");
      expect(await prune({}, 1_000)).toEqual([]);
      expect(await prune({ olderThanMs: 50, dryRun: true }, 100)).toEqual(["r"]);
      expect([await runsIn(here), gone]).toEqual([["young", "r", "taken", "open"], []]);
      expect(await prune({ olderThanMs: 50, keep: 3 }, 100)).toEqual([]);
      expect(await prune({ olderThanMs: 50 }, 100)).toEqual(["r"]);
      expect([await runsIn(here), gone, await here.workspace?.list("r")]).toEqual([["young", "taken", "open"], [["r"]], []]);
      expect(await prune({ keep: 1 }, 100)).toEqual([]);
      expect(await prune({ keep: 0 }, 100)).toEqual(["young"]);
      expect(await runsIn(here)).toEqual(["taken", "open"]);
    });

    it("go when the newer ones take all the room, by their journals, files and documents; the newest stays", async () => {
      await made(here.journal, "young", 30, 90);
      const documents: Record<string, number> = { young: 5_000, r: 0 };
      const archive: Archive = { ...here, documentBytes: async (run) => documents[run] ?? 0 };
      const summaries = await here.journal.runs();
      const sizeOf = async (run: string): Promise<number> => runBytes(archive, summaries.find((each) => each.run === run) ?? { run, bytes: 0 });
      const [young, old] = [await sizeOf("young"), await sizeOf("r")];
      expect(young).toBe((summaries.find(({ run }) => run === "young")?.bytes ?? 0) + 5_000);
      const versions = (await Promise.all(((await here.workspace?.list("r")) ?? []).map(({ path }) => here.workspace?.versions("r", path) ?? []))).flat();
      expect(versions.length).toBeGreaterThan(0);
      expect(old).toBe((summaries.find(({ run }) => run === "r")?.bytes ?? 0) + versions.reduce((sum, each) => sum + each.bytes, 0));
      const going = async (room: number): Promise<string[]> =>
        (await pruneRuns(archive, { bytes: room, dryRun: true }, 100, async () => {})).map(({ run }) => run);
      expect([await going(young + old), await going(young + old - 1), await going(0)]).toEqual([[], ["r"], ["r"]]);
      // One bound more takes out no less.
      expect(
        (await pruneRuns(archive, { bytes: young + old - 1, olderThanMs: 1_000 }, 100, async () => {})).map(({ run, bytes: room }) => [run, room]),
      ).toEqual([["r", old]]);
    });
  });
}
