import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { openPage, type OpenedPage } from "./open-page.ts";
import { type PageServer, servePage } from "./page-server.ts";

interface Server {
  readonly url: string;
  close(): Promise<void>;
}
/** A page served, and a Chromium to open it in: there from a file's first test to its last. */
export interface ServedPage<S extends Server = PageServer> {
  readonly server: S;
  readonly browser: Browser;
}
/** And the page open in it. */
export interface BuiltPage<S extends Server = PageServer> extends ServedPage<S>, Omit<OpenedPage, "close"> {}
interface Built<S extends Server> {
  /** At the server's address, this more. */
  readonly at?: string;
  /** Comes before the first test. */
  begin?(opened: BuiltPage<S>): Promise<unknown>;
}

const there = <T>(part: T | undefined): T => {
  if (part === undefined) throw new Error("It is not there before the first test.");
  return part;
};

/** Starts both before the tests of a file, and ends them after: the built page as a static host has it, or what `serve` starts. */
export function servedPage(): ServedPage;
export function servedPage<S extends Server>(serve: () => Promise<S>): ServedPage<S>;
export function servedPage(serve: () => Promise<Server> = () => servePage()): ServedPage<Server> {
  let [server, browser]: [Server?, Browser?] = [];
  beforeAll(async () => {
    [server, browser] = await Promise.all([serve(), launchChromium()]);
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

/** Opens it, too. */
export function builtPage(built?: Built<PageServer>): BuiltPage;
export function builtPage<S extends Server>(built: Built<S> & { serve(): Promise<S> }): BuiltPage<S>;
export function builtPage({
  serve = () => servePage(),
  at = "",
  begin = async () => {},
}: Built<Server> & { serve?(): Promise<Server> } = {}): BuiltPage<Server> {
  const served = servedPage(serve);
  let opened: OpenedPage | undefined;
  const built: BuiltPage<Server> = {
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
