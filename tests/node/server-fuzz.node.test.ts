import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Journal, type RunReport } from "@orrery/sdk";
import { describe, expect, it } from "vitest";
import { authorized, serveHere } from "./booted.ts";
import { root } from "./support.ts";

const naughty = JSON.parse(readFileSync(join(root, "tests/fixtures/fuzz/blns.json"), "utf8")) as string[];
const headers = { ...authorized, accept: "application/json", "content-type": "application/json" };
type Answer = Partial<RunReport> & { error?: { code: string; message: string } };

describe("the server under strings that break programs", () => {
  it("finds no run and no hook of such a name, and never fails at it", async () => {
    const { server } = await serveHere({ preset: [] });
    for (const text of naughty) {
      for (const path of ["/api/hooks/", "/api/runs?thread=", "/assets/", "/"]) {
        const answer = await fetch(`${server.origin}${path}${encodeURIComponent(text)}`, { headers });
        await answer.arrayBuffer();
        expect([200, 301, 400, 404, 414, 503], `${path}${text}`).toContain(answer.status);
      }
    }
  }, 120_000);

  it("takes them as tasks, names and contents: a clear refusal or a run that ends, and a journal whose chain holds", async () => {
    const { server, host } = await serveHere();
    const ended = ["accepted", "rejected", "waiting", "failed"];
    let runs = 0;
    for (const text of naughty.filter((_, i) => i % 12 === 0)) {
      const body = JSON.stringify({
        task: text,
        documents: [
          { path: text || "empty", text: `${text}\n\nThe ferry leaves at noon.` },
          { path: "b.json", text },
        ],
      });
      const answer = await fetch(`${server.origin}/api/runs?wait=true`, { method: "POST", headers, body });
      const said = (await answer.json()) as Answer;
      if (answer.status === 200) {
        runs += 1;
        expect(ended, text).toContain(said.status);
        expect(await host.need(Journal).verify(said.runId ?? ""), text).toEqual({ ok: true, events: said.journal?.events });
      } else {
        expect([answer.status, said.error?.code], text).toEqual([400, expect.stringMatching(/^(TASK_EMPTY|REQUEST_INVALID)$/)]);
      }
    }
    expect(runs).toBeGreaterThan(20);
  }, 180_000);
});
