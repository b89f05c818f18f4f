import { needExample } from "../../client/example.ts";
import { exitCodeOf } from "../failure.ts";
import { offerModel, showReport } from "../summary.ts";
import { type ServerOptions, stopped, withServer } from "../with-server.ts";
import { perform } from "./run.ts";

/** `orrery start`: the server, the example task live in the terminal, and the page's address. */
export function start(options: ServerOptions & { once?: boolean }): Promise<number> {
  return withServer({ ...options, carryOn: options.once !== true }, async (session) => {
    const { client, terminal, server } = session;
    terminal.line(`Server at ${server.origin}. First, a task of a team of agents, on documents that come with Orrery.`);
    terminal.line();
    const example = await needExample();
    const report = await perform(session, { task: example.task, documents: await client.read({ docs: [example.folder] }) });
    terminal.object({ ...report, url: server.url });
    showReport(terminal, report);
    offerModel(terminal, report, await client.models());
    terminal.line();
    terminal.line(`The page: ${terminal.colours.bold(server.url)}`);
    if (options.once) {
      terminal.line("It goes with this command: without --once the server stays up.");
      return exitCodeOf(report.status);
    }
    terminal.line("It stays up until Ctrl+C.");
    await stopped();
    return 0;
  });
}
