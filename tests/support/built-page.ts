import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { openPage, type OpenedPage } from "./open-page.ts";
import { type PageServer, servePage } from "./page-server.ts";

/** The built page served, a Chromium, and the page open in it: there from a file's first test to its last. */
export interface BuiltPage extends Omit<OpenedPage, "close"> {
  readonly server: PageServer;
  readonly browser: Browser;
}

/** Opens it before the tests of a file, at `at`, and closes it after them. `begin` comes before the first of them. */
export function builtPage({ at = "", begin = async () => {} }: { at?: string; begin?(opened: BuiltPage): Promise<unknown> } = {}): BuiltPage {
  let [server, browser, opened]: [PageServer?, Browser?, OpenedPage?] = [];
  const there = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error("The page is not open before the first test.");
    return part;
  };
  const built: BuiltPage = {
    get server() {
      return there(server);
    },
    get browser() {
      return there(browser);
    },
    get page() {
      return there(opened).page;
    },
    get context() {
      return there(opened).context;
    },
    get requests() {
      return there(opened).requests;
    },
    get errors() {
      return there(opened).errors;
    },
  };
  beforeAll(async () => {
    server = await servePage();
    browser = await launchChromium();
    opened = await openPage(browser, `${server.url}${at}`);
    await begin(built);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return built;
}
