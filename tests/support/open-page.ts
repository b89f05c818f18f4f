import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";

/** ms for anything asked of a page: it takes a moment, or on a busy machine much longer, and tells of the machine then. */
const patienceMs = 90_000;

/** A fresh profile. */
export async function openProfile(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(patienceMs);
  return context;
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Addresses asked for, the browser's own blobs and data left out. */
  readonly requests: readonly string[];
  /** Errors of the page: thrown, logged, and refusals of its policy. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** A page in a fresh profile at `url`, with its kernel ready and everything it asks for recorded. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const context = await openProfile(browser, options);
  const requests: string[] = [];
  const errors: string[] = [];
  context.on("request", (request) => {
    if (/^https?:|^wss?:/.test(request.url())) requests.push(request.url());
  });
  const page = await context.newPage();
  page.on("websocket", (socket) => requests.push(socket.url()));
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  return { page, context, requests, errors, close: () => context.close() };
}

/** Waits for the kernel in the tab. */
export const kernelReady = (page: Page): Promise<unknown> => page.getByText("kernel in this tab: ready").waitFor();

/** Runs the example from Home and waits until it has ended; the run's id. */
export async function runExample(page: Page): Promise<string> {
  await startExample(page);
  return ended(page);
}

/** Begins the example from Home; the run's id. */
export async function startExample(page: Page): Promise<string> {
  await exampleButton(page).click();
  await page.waitForURL(/#\/run\//);
  return runShown(page);
}

/** On Home: other rooms have a button of this name, and stay for a moment once the address has changed. */
export const exampleButton = (page: Page): Locator =>
  page.getByRole("region", { name: /^A team of agents reads your documents/ }).getByRole("button", { name: "Run the example" });

const runShown = (page: Page): string => /\/run\/([^?]+)/.exec(page.url())?.[1] ?? "";

/** Waits until the run that the page shows has a report; its id. */
export async function ended(page: Page): Promise<string> {
  await page.waitForURL(/#\/run\//);
  await page.getByRole("button", { name: "Save as Markdown" }).waitFor({ timeout: 240_000 });
  return runShown(page);
}
