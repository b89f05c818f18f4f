import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { kernelReady, runExample } from "../support/open-page.ts";
import { samplePackage } from "../support/sample-package.ts";
import { sound } from "../support/sound.ts";

let page: Page;
const opened = builtPage({
  at: "#/extend",
  begin: async (built) => {
    ({ page } = built);
  },
});

const secret = "the notary's own key";
const config = {
  type: "object",
  properties: {
    word: { type: "string", minLength: 1, maxLength: 20, default: "Signed", description: "What it writes under each answer." },
    times: { type: "integer", minimum: 1, maximum: 3, default: 1 },
    loud: { type: "boolean", default: false },
    mood: { type: "string", enum: ["warm", "cold"], default: "warm" },
    names: { type: "array", items: { type: "string" }, default: [] },
    rules: { type: "object", additionalProperties: { type: "object", properties: { max: { type: "number" } }, required: ["max"] }, default: {} },
    key: { type: "string", minLength: 4, writeOnly: true, description: "The notary's." },
  },
} as const;
const setup = `const { word = "Signed", times = 1, loud = false, mood = "warm", names = [], key = "" } = config ?? {};
  if (word === "Boom") throw new Error("no such word");
  tap("step.after", (result) => ({ ...result, text: result.text + " (" + [word, times, loud, mood, names.join("+"), key.length].join(" ") + ")" }));`;

const row = () => page.getByRole("listitem", { name: "Signature" });
const form = (title = "Signature") => page.getByRole("form", { name: `Settings of ${title}` });
const field = (name: string) => form().getByLabel(name, { exact: true });
const save = () => form().getByRole("button", { name: "Save settings" });
const said = (words: string) => form().getByRole("status").filter({ hasText: words }).waitFor();
const openSettings = async () => {
  await row().getByRole("button", { name: "Settings: Signature" }).click();
  await form().waitFor();
};
const written = async (): Promise<string> => {
  await page.goto(`${opened.server.url}#/`);
  await runExample(page);
  const text = (await page.locator("main").textContent()) ?? "";
  await page.goto(`${opened.server.url}#/extend`);
  await row().waitFor();
  return text;
};

describe("the settings of a plugin in the page", () => {
  it("have a form made from the package's schema, each with what it takes and its default", async () => {
    await kernelReady(page);
    const bytes = await samplePackage({ capabilities: {}, config, setup });
    await page.getByLabel("A plugin's package").setInputFiles({ name: "signature.tgz", mimeType: "application/gzip", buffer: Buffer.from(bytes) });
    const asked = page.getByRole("region", { name: "Install Signature 1.0.0?" });
    await asked.getByRole("checkbox", { name: /Nobody signed it/ }).check();
    await asked.getByRole("button", { name: "Install" }).click();
    await page.getByText("Signature 1.0.0 is installed.").waitFor();
    await openSettings();
    await expect.poll(() => field("word").inputValue()).toBe("Signed");
    expect(await form().textContent()).toMatch(/What it writes under each answer\. Takes text of 1 to 20 characters\. Default: "Signed"\./);
    expect(await field("times").getAttribute("max")).toBe("3");
    expect(await field("key").getAttribute("type")).toBe("password");
    await expect.poll(() => save().isDisabled()).toBe(true);
    await sound(page, "the form");
  });

  it("are saved by keyboard, and the next run has them", async () => {
    await field("word").focus();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("Read");
    await field("times").fill("9");
    await form().getByRole("alert").filter({ hasText: "Expected: a whole number from 1 to 3." }).waitFor();
    await expect.poll(() => save().isDisabled()).toBe(true);
    await sound(page, "a wrong number");
    await field("times").fill("2");
    await field("loud").check();
    await field("mood").selectOption({ label: "cold" });
    await field("names").fill("Ada\nBela");
    await field("key").fill(secret);
    await field("key").press("Enter");
    await said("Saved: Signature works with it from now on.");
    await expect.poll(() => form().textContent()).toContain("It is set, and not shown.");
    await expect.poll(() => field("key").inputValue()).toBe("");
    expect(await written()).toContain(`(Read 2 true cold Ada+Bela ${secret.length})`);
    expect(await page.content()).not.toContain(secret);
  });

  it("are there after a reload, and what a change does not fit or start with is told and not kept", async () => {
    await page.reload();
    await openSettings();
    await expect.poll(() => field("word").inputValue()).toBe("Read");
    await field("rules").fill('{ "a": { "max": "x" } }');
    await save().click();
    await form()
      .getByRole("alert")
      .filter({ hasText: /The settings of Signature were not changed.*the setting rules\.a\.max of acme\.signature: expected a number, and was given "x"/s })
      .waitFor();
    await sound(page, "a refusal");
    await form().getByRole("button", { name: "Discard changes" }).click();
    await expect.poll(() => field("rules").inputValue()).toBe("{}");
    await field("word").fill("Boom");
    await save().click();
    await form()
      .getByRole("alert")
      .filter({ hasText: /goes on with those it had.*no such word.*SETTINGS_REFUSED/s })
      .waitFor();
    expect(await written()).toContain("(Read 2 true cold");
  });

  it("go back: a saved change is undone, and a setting is reset to its default", async () => {
    await openSettings();
    await field("word").fill("Once");
    await save().click();
    await said("Saved");
    await form().getByRole("button", { name: "Undo", exact: true }).click();
    await said("Undone: it is as it was before.");
    await expect.poll(() => field("word").inputValue()).toBe("Read");
    await form().getByRole("button", { name: "Reset word to its default" }).click();
    await expect.poll(() => field("word").inputValue()).toBe("Signed");
    await save().click();
    await said("Saved");
    await expect.poll(() => form().getByRole("button", { name: "Reset word to its default" }).count()).toBe(0);
    expect(await written()).toContain("(Signed 2 true cold");
  });

  it("of the product's own plugins are changed the same way, and last", async () => {
    const open = async () => {
      await page.getByRole("button", { name: "orrery.planner" }).click();
      await page.getByRole("button", { name: /^Settings: .*[Pp]lanner/ }).click();
      return page.getByRole("form", { name: /Settings of .*[Pp]lanner/ });
    };
    const planner = await open();
    await planner.getByLabel("agents", { exact: true }).fill("2");
    await planner.getByRole("button", { name: "Save settings" }).click();
    await planner.getByRole("status").filter({ hasText: "Saved" }).waitFor();
    await page.reload();
    await row().waitFor();
    const again = await open();
    await expect.poll(() => again.getByLabel("agents", { exact: true }).inputValue()).toBe("2");
  });
});
