import { type ServerOptions, stopped, withServer } from "../with-server.ts";

/** `orrery serve`: until it is told to stop. */
export function serve(options: ServerOptions): Promise<number> {
  return withServer({ ...options, carryOn: true }, async ({ terminal, server }) => {
    terminal.object({ url: server.url, origin: server.origin, port: server.port, token: server.url.split("#token=")[1] });
    terminal.line(`The page: ${terminal.colours.bold(server.url)}`);
    terminal.line(`The API:  ${server.origin}/api (described at /api/openapi.json), with the token as Authorization: Bearer …`);
    terminal.line("Stop it with Ctrl+C.");
    await stopped();
    return 0;
  });
}
