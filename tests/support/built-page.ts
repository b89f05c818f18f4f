import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { openPage, type OpenedPage } from "./open-page.ts";
import { type PageServer, servePage } from "./page-server.ts";

/** The built page served, and a Chromium to open it in: there from a file's first test to its last. */
export interface ServedPage {
  readonly server: PageServer;
  readonly browser: Browser;
}
/** And the page open in it. */
export interface BuiltPage extends ServedPage, Omit<OpenedPage, "close"> {}

const there = <T>(part: T | undefined): T => {
  if (part === undefined) throw new Error("It is not there before the first test.");
  return part;
};

/** Starts both before the tests of a file, and ends them after. */
export function servedPage(): ServedPage {
  let [server, browser]: [PageServer?, Browser?] = [];
  beforeAll(async () => {
    [server, browser] = await Promise.all([servePage(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    get server() {
      return there(server);
    },
    get browser() {
      return there(browser);
    },
  };
}

/** Opens it, too, at `at`. `begin` comes before the first test. */
export function builtPage({ at = "", begin = async () => {} }: { at?: string; begin?(opened: BuiltPage): Promise<unknown> } = {}): BuiltPage {
  const served = servedPage();
  let opened: OpenedPage | undefined;
  const built: BuiltPage = {
    get server() {
      return served.server;
    },
    get browser() {
      return served.browser;
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
    opened = await openPage(served.browser, `${served.server.url}${at}`);
    await begin(built);
  });
  return built;
}
