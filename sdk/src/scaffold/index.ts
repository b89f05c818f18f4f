export { pluginName, type PluginName } from "./plugin-name.ts";
export { type PluginSample, scaffoldPlugin, type ScaffoldedFile, type ScaffoldOptions } from "./scaffold-plugin.ts";
