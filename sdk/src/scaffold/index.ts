export { pluginName, type PluginName } from "./plugin-name.ts";
export { scaffoldPlugin, type ScaffoldedFile, type ScaffoldOptions } from "./scaffold-plugin.ts";
