import { pluginName } from "./plugin-name.ts";

export interface ScaffoldedFile {
  /** Relative to the plugin's folder, with forward slashes. */
  readonly path: string;
  readonly content: string;
}
/** A plugin somebody wrote, as the model of a new one: its file is `NAME.js`, its id `acme.NAME`. */
export interface PluginSample {
  readonly name: string;
  readonly code: string;
  /** Its tests, in `NAME.test.js`. */
  readonly test: string;
}
export interface ScaffoldOptions {
  /** The folder of the SDK package the plugin is tested against, as a path from the plugin's folder or an absolute one. */
  readonly sdk: string;
  /** What it begins as; a greeting of a few lines when absent. */
  readonly sample?: PluginSample;
}

/**
 * The files of a new plugin that works and whose test passes, with nothing to build and no step in between.
 * JavaScript with checked types, so that the very file written is the file that runs: in Node, in a worker and in a browser tab.
 *
 * @throws OrreryError PLUGIN_NAME_INVALID, PLUGIN_NAME_RESERVED.
 */
export function scaffoldPlugin(name: string, { sdk, sample }: ScaffoldOptions): ScaffoldedFile[] {
  const { folder, id } = pluginName(name);
  const { code, test, about } = sample ? renamed(sample, id) : greeting(id);
  return [
    { path: "package.json", content: packageJson(folder, sdk) },
    { path: "index.js", content: code },
    { path: "index.test.js", content: test },
    { path: "jsconfig.json", content: jsconfig },
    { path: "README.md", content: readme(folder, id, about) },
    { path: ".gitignore", content: "node_modules/\n" },
  ];
}

interface Beginning {
  readonly code: string;
  readonly test: string;
  /** What it does, in a sentence. */
  readonly about: string;
}

const greeting = (id: string): Beginning => ({
  code: plugin(id),
  test: test(id),
  about: "It says hello in the plan of every task and logs how each one ended.",
});

/** The sample under another name: its id, its title and the file its tests import are the new one's. */
function renamed({ name, code, test }: PluginSample, id: string): Beginning {
  const own = (text: string): string => text.replaceAll(`acme.${name}`, id).replaceAll(`./${name}.js`, "./index.js");
  const words = id.slice(id.indexOf(".") + 1).replaceAll("-", " ");
  const title = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return {
    code: own(code)
      .replace('version: "1.0.0"', 'version: "0.1.0"')
      .replace(/title: "[^"]*"/, `title: "${title}"`),
    test: own(test),
    about: /description: "([^"]*)"/.exec(code)?.[1] ?? "",
  };
}

const packageJson = (folder: string, sdk: string): string =>
  `${JSON.stringify(
    {
      name: folder,
      version: "0.1.0",
      private: true,
      type: "module",
      exports: "./index.js",
      scripts: { test: "node --test" },
      devDependencies: { "@orrery/sdk": `file:${sdk}` },
    },
    undefined,
    2,
  )}\n`;

const jsconfig = `${JSON.stringify(
  {
    compilerOptions: {
      checkJs: true,
      strict: true,
      noImplicitAny: false,
      target: "ES2023",
      module: "NodeNext",
      moduleResolution: "NodeNext",
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
    },
    include: ["*.js"],
    exclude: ["*.test.js"],
  },
  undefined,
  2,
)}\n`;

const plugin = (id: string): string => `import { definePlugin } from "@orrery/sdk";

export default definePlugin({
  manifest: { id: "${id}", version: "0.1.0", api: "^1.0", description: "Says hello in the plan of every task." },
  setup({ tap, log, plugin }) {
    tap("task.plan", (plan) => ({
      ...plan,
      notes: [...plan.notes, { by: plugin.id, text: \`Hello! Agents at work: \${plan.team.agents.length}.\` }],
    }));
    tap("task.finish", ({ task, status }) => log.info(\`"\${task.text}" ended: \${status}\`));
  },
});
`;

const test = (id: string): string => `import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestHost, samples } from "@orrery/sdk/testing";
import plugin from "./index.js";

test("says hello in the plan of a task", async (t) => {
  const host = await createTestHost({ plugins: [plugin] });
  t.after(() => host.close());
  const plan = await host.call("task.plan", samples.plan());
  assert.deepEqual(plan.notes, [{ by: "${id}", text: "Hello! Agents at work: 1." }]);
});

test("logs how a task ended", async (t) => {
  const host = await createTestHost({ plugins: [plugin] });
  t.after(() => host.close());
  await host.call("task.finish", samples.outcome({ status: "accepted" }));
  assert.ok(host.log.some((line) => line.message.endsWith("ended: accepted")));
});
`;

const readme = (folder: string, id: string, about: string): string => `# ${folder}

An Orrery plugin, \`${id}\`. ${about}

    orrery plugin dev
    orrery plugin test
    orrery run "What does this plugin do?" --docs README.md --plugin .
    orrery plugins inspect ${id} --plugin .

\`index.js\` is the plugin and \`index.test.js\` its test. The test runs the real kernel with a journal and a store in memory; \`npm test\` runs it in the kernel's realm alone.
\`@orrery/sdk\` is linked from the Orrery that made this folder (\`devDependencies\` says where); \`npm install\` links it again.
`;
