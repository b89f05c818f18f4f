import { statSync } from "node:fs";
import { Assets, Connections, Journal, Runner, Storage, Workspace } from "@orrery/sdk";
import { verifyRun } from "@orrery/sdk/archive";
import { boot } from "./boot.ts";
import { findExample } from "./client/example.ts";
import type { Home } from "./home.ts";
import { accessOf } from "./plugins/connections/providers.ts";
import { tryConnection } from "./plugins/connections/try-connection.ts";
import { findPage } from "./server/page.ts";
import type { Settings } from "./settings/schema.ts";

export interface Finding {
  what: string;
  state: "ok" | "warning" | "broken";
  found: string;
  do?: string;
}
type Check = (at: { home: Home; settings: Settings }) => Promise<Finding[]>;

const node: Check = async () => {
  const major = Number(process.versions.node.split(".")[0]);
  return [{ what: "Node", state: major >= 22 ? "ok" : "broken", found: process.versions.node, ...(major >= 22 ? {} : { do: "Use Node 22 or newer." }) }];
};

const privacy: Check = async ({ home }) => {
  if (process.platform === "win32") return [];
  return [home.keys, home.token].flatMap((file): Finding[] => {
    const mode = modeOf(file);
    if (mode === undefined || (mode & 0o077) === 0) return [];
    return [{ what: "secrets", state: "broken", found: `${file} can be read by others`, do: `chmod 600 ${file}` }];
  });
};

function modeOf(file: string): number | undefined {
  try {
    return statSync(file).mode;
  } catch {
    return undefined;
  }
}

const page: Check = async () => {
  const [folder, example] = [await findPage(), await findExample()];
  return [
    folder ? { what: "page", state: "ok", found: "built" } : { what: "page", state: "warning", found: "not built", do: "npm run build" },
    example
      ? { what: "example", state: "ok", found: `${example.documents.length} documents` }
      : { what: "example", state: "warning", found: "not in this installation" },
  ];
};

/** Everything that needs a kernel: plugins, journal, assets, connections. */
const kernel: Check = async ({ home, settings }) => {
  const host = await boot({ home, settings: { ...settings, log: "silent" } });
  try {
    const findings: Finding[] = [{ what: "data folder", state: "ok", found: home.dir }];
    const reports = host.kernel.inspect().plugins;
    for (const { id, state, error, waitingFor } of reports.filter((report) => report.state !== "active")) {
      findings.push({
        what: "plugin",
        state: "broken",
        found: `${id} is ${state}${error ? `: ${error.message}` : ""}${waitingFor.length > 0 ? `, waiting for ${waitingFor.join(", ")}` : ""}`,
        do: `orrery plugins inspect ${id}`,
      });
    }
    for (const { plugin, message } of host.notLoaded) findings.push({ what: "plugin", state: "broken", found: `${plugin} was not loaded: ${message}` });
    findings.push({ what: "plugins", state: "ok", found: `${reports.filter(({ state }) => state === "active").length} active` });
    if (!host.kernel.service(Runner)) findings.push({ what: "runner", state: "broken", found: "nothing can run tasks", do: "orrery plugins" });

    const journal = host.need(Journal);
    const runs = await journal.runs({ limit: 50 });
    for (const { run } of runs) {
      const { ok, brokenAt, changed, signature } = await verifyRun({ journal, workspace: host.kernel.service(Workspace), storage: host.need(Storage) }, run);
      if (!ok)
        findings.push({
          what: "journal",
          state: "broken",
          found: `run ${run} was changed after it was written, ${[...(brokenAt === undefined ? [] : [`from entry ${brokenAt} on`]), ...changed.map(({ path, version }) => `the file ${path}, version ${version}`), ...(signature?.ok === false ? ["it is not what was signed"] : [])].join("; ")}`,
          do: "Do not rely on this run; restore the journal from a copy if you have one.",
        });
    }
    findings.push({ what: "journal", state: "ok", found: `the chains and files of the last ${runs.length} runs were checked` });
    const encoder = await host.need(Assets).has("use-lite-en/onnx/model_quantized.onnx");
    findings.push(
      encoder
        ? { what: "encoder", state: "ok", found: "built in" }
        : { what: "encoder", state: "warning", found: "missing: documents are searched by words alone", do: "Install Orrery again." },
    );
    findings.push(...(await connections(host)));
    return findings;
  } finally {
    await host.close();
  }
};

async function connections(host: Awaited<ReturnType<typeof boot>>): Promise<Finding[]> {
  const list = await host.need(Connections).list();
  if (list.length === 0)
    return [
      {
        what: "models",
        state: "warning",
        found: "no model host is connected: reports select sentences and write none",
        do: "orrery connect ollama (free, on this machine), or openai, anthropic, google",
      },
    ];
  return Promise.all(
    list.map(async ({ provider, baseUrl, source }): Promise<Finding> => {
      const what = `connection ${provider}`;
      const address = baseUrl ?? accessOf(provider).baseUrl;
      if (!address) return { what, state: "broken", found: "it has no address", do: `orrery connect ${provider} --url …` };
      try {
        const models = await tryConnection(provider, address, host.vault.key(provider)?.value, 5_000);
        return { what, state: "ok", found: `answers (${source})${models.length > 0 ? `, ${models.length} models` : ""}` };
      } catch (error) {
        return { what, state: "warning", found: error instanceof Error ? error.message : String(error), do: "Start it, or correct it: orrery connect." };
      }
    }),
  );
}

export const checks: readonly Check[] = [node, privacy, page, kernel];
