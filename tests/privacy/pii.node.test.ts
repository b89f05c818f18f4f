import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import privacy from "@orrery/plugins/privacy/classifier";
import hybrid from "@orrery/plugins/topologies/hybrid";
import { token, type TopologyExecutor, topologyToken } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

type Row = { t: string; s: [type: string, start: number, end: number][] };
/** Sentences with what is private in them; another set of the same form is measured with `ORRERY_PII_DATA=FILE`. */
const file = process.env["ORRERY_PII_DATA"] ?? fileURLToPath(new URL("../fixtures/pii/presidio.jsonl", import.meta.url));
const rows = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);
const structured = new Set(["CREDIT_CARD", "IBAN_CODE", "EMAIL_ADDRESS", "PHONE_NUMBER", "US_SSN", "IP_ADDRESS"]);
const team = { name: "two", agents: ["near", "far"].map((id) => ({ id, role: id, prompt: "", skill: "write", tools: [] })) };

let host: TestHost;
let executor: TopologyExecutor;
beforeAll(async () => {
  host = await createTestHost({ plugins: [privacy, hybrid] });
  executor = host.kernel.service(token<TopologyExecutor>(topologyToken("hybrid"))) as TopologyExecutor;
});
afterAll(() => host.close());

/** What a step that may be answered elsewhere is shown of the row; undefined when the row stays here. */
async function leaving({ t }: Row): Promise<string | undefined> {
  const { dispatch } = await executor.start(team, {}, t);
  return dispatch.find(({ localOnly }) => !localOnly)?.task;
}
const words = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}]{3,}/gu) ?? [];
/** Any word of a span that is still in what leaves, and that the row does not hold outside of its spans too. */
function leaked(sent: string, row: Row, value: string): boolean {
  const outside = [...row.s].sort((a, b) => b[1] - a[1]).reduce((text, [, start, end]) => `${text.slice(0, start)} ${text.slice(end)}`, row.t);
  const kept = new Set(words(outside));
  const out = new Set(words(sent));
  return words(value).some((word) => out.has(word) && !kept.has(word));
}

test("no card, account, e-mail address, phone, social security or network address leaves; names and places are measured", async () => {
  const tally = new Map<string, { all: number; kept: number }>();
  const leaks: string[] = [];
  let stayed = 0;
  for (const row of rows) {
    const sent = await leaving(row);
    if (sent === undefined) stayed += 1;
    for (const [type, start, end] of row.s) {
      const value = row.t.slice(start, end);
      const out = sent !== undefined && leaked(sent, row, value);
      const count = tally.get(type) ?? { all: 0, kept: 0 };
      tally.set(type, { all: count.all + 1, kept: count.kept + (out ? 0 : 1) });
      if (out && structured.has(type)) leaks.push(`${type} ${value}`);
      const digits = value.replace(/\D/g, "");
      if (sent !== undefined && structured.has(type) && digits.length >= 6 && sent.replace(/\D/g, "").includes(digits))
        leaks.push(`${type} ${value}, its digits`);
    }
  }
  expect(leaks).toEqual([]);
  const share = (type: string): number => (tally.get(type)?.kept ?? 0) / (tally.get(type)?.all ?? 1);
  console.info([...tally].map(([type, { all, kept }]) => `${type} ${kept}/${all}`).join(", "), `; ${stayed} of ${rows.length} stay here`);
  for (const [type, least] of [
    ["PERSON", 0.97],
    ["GPE", 0.95],
    ["ORGANIZATION", 0.95],
    ["STREET_ADDRESS", 0.9],
  ] as const)
    expect(share(type), type).toBeGreaterThanOrEqual(least);
});
