const tests = "\\.test\\.tsx?$";
const hosts = "^(host-node|host-browser)/";

/** kernel ← sdk ← plugins ← hosts ← playground, one way; a plugin sees the SDK, libraries and its own folder, nothing else. */
export const forbidden = [
  { name: "no-cycle", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
  {
    name: "kernel-knows-nobody",
    severity: "error",
    from: { path: "^kernel/", pathNot: tests },
    to: { path: "^(sdk|plugins|host-node|host-browser|playground|tests)/" },
  },
  { name: "kernel-has-no-realm", severity: "error", from: { path: "^kernel/src/", pathNot: `${tests}|/testing/` }, to: { dependencyTypes: ["core"] } },
  {
    name: "sdk-knows-only-the-kernel",
    severity: "error",
    from: { path: "^sdk/", pathNot: tests },
    to: { path: "^(plugins|host-node|host-browser|playground|tests)/" },
  },
  {
    name: "plugins-use-the-public-sdk",
    severity: "error",
    from: { path: "^plugins/", pathNot: tests },
    to: { path: "^(kernel|host-node|host-browser|playground|tests)/" },
  },
  {
    name: "plugins-enter-the-sdk-by-its-index",
    severity: "error",
    from: { path: "^plugins/", pathNot: tests },
    to: { path: "^sdk/", pathNot: "^sdk/src/(index|[^/]+/index)\\.ts$" },
  },
  { name: "kit-is-for-topologies", severity: "error", from: { path: "^plugins/", pathNot: "^plugins/topologies/" }, to: { path: "^plugins/topologies/kit/" } },
  { name: "plugins-have-no-realm", severity: "error", from: { path: "^plugins/", pathNot: tests }, to: { dependencyTypes: ["core"] } },
  {
    name: "node-host-is-not-the-browser's",
    severity: "error",
    from: { path: "^host-node/", pathNot: tests },
    to: { path: "^(host-browser|playground|tests)/" },
  },
  { name: "browser-host-is-not-node's", severity: "error", from: { path: "^host-browser/", pathNot: tests }, to: { path: "^(host-node|playground|tests)/" } },
  { name: "browser-has-no-node", severity: "error", from: { path: "^(host-browser|playground)/src/", pathNot: tests }, to: { dependencyTypes: ["core"] } },
  { name: "playground-knows-no-node-host", severity: "error", from: { path: "^playground/", pathNot: tests }, to: { path: "^(host-node|tests|kernel)/" } },
  { name: "product-does-not-need-tests", severity: "error", from: { path: hosts, pathNot: tests }, to: { path: tests } },
];

/** A plugin's own folder: `plugins/<name>`, or `plugins/<domain>/<name>` where the domain itself is no plugin. */
function pluginFolder(file, isFile) {
  const [, first, second] = file.split("/");
  return isFile(`plugins/${first}/index.ts`) ? `plugins/${first}/` : `plugins/${first}/${second}/`;
}

/** Imports from one plugin's folder into another's; what topologies share in `plugins/topologies/kit` is allowed to them. */
export function crossings(modules, isFile) {
  const found = [];
  for (const { source, dependencies } of modules) {
    if (!source.startsWith("plugins/") || /\.test\.tsx?$/.test(source)) continue;
    const own = pluginFolder(source, isFile);
    for (const { resolved } of dependencies) {
      if (!resolved.startsWith("plugins/") || resolved.includes("node_modules") || resolved.startsWith(own)) continue;
      if (source.startsWith("plugins/topologies/") && resolved.startsWith("plugins/topologies/kit/")) continue;
      found.push(`plugins-know-no-other-plugin: ${source} → ${resolved}`);
    }
  }
  return found;
}
