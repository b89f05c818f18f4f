export { boot, type BootOptions, type Host } from "./boot.ts";
export { HostClient } from "./client/host-client.ts";
export { locateHome, type Home } from "./home.ts";
export { preset, type PresetEntry } from "./preset.ts";
export { loadSettings } from "./settings/load-settings.ts";
export { settings, type Settings } from "./settings/schema.ts";
export { startServer, type RunningServer, type ServerOptions } from "./server/server.ts";
export { routes, type Route } from "./server/routes.ts";
