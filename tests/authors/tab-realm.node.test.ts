import { afterAll, beforeAll } from "vitest";
import { borrowTab } from "../../host-node/src/authoring/borrowed-tab.ts";
import { openTabRealm, type TabRealm } from "../../host-node/src/authoring/tab-realm.ts";
import { findChromium } from "../../scripts/lib/chromium.mjs";
import { describeSandboxedPlugin } from "../sandbox/describe-sandboxed-plugin.ts";

let realm: TabRealm;
beforeAll(async () => {
  process.env["CHROMIUM_PATH"] ??= await findChromium();
  realm = await openTabRealm();
});
afterAll(() => realm?.close());

describeSandboxedPlugin("of a tab, borrowed by a process", () => borrowTab(realm.address));
