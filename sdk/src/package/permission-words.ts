import { lifecycle } from "../lifecycle.ts";

/** A capability in words for somebody who decides and does not program. Completes "It may …". */
export function permissionWords(capability: string): string {
  if (capability === "*") return "do everything any plugin may do";
  const at = capability.indexOf(":");
  const name = at < 0 ? capability : capability.slice(0, at);
  const scope = at < 0 ? undefined : capability.slice(at + 1);
  return Object.hasOwn(words, name) ? (words[name] as Words)(scope) : `use what is called "${capability}", which this version does not know`;
}

type Words = (scope: string | undefined) => string;
const all = (scope: string | undefined): boolean => scope === undefined || scope === "*";

const words: { readonly [name: string]: Words } = {
  "model.call": () => "ask language models questions of its own; paid ones only within the budget you give it",
  "tool.call": () => "use tools, as an agent does",
  "hook.call": (hook) => (all(hook) ? "start any step of the work itself, as the runner does" : `start the step "${hook}" of the work itself`),
  "service.find": (token) => (all(token) ? "use every service of every other plugin" : `use what other plugins offer as ${token}`),
  net: netWords,
  "memory.read": (workspace) => (all(workspace) ? "read everything that was remembered" : `read what was remembered in the workspace "${workspace}"`),
  "memory.write": (workspace) => (all(workspace) ? "change everything that was remembered" : `change what was remembered in the workspace "${workspace}"`),
  storage: (quota) =>
    all(quota) ? "keep data of its own here, up to the sandbox's limit" : `keep up to ${quota?.replace(/(\d)(?=[KM]B$)/i, "$1 ")} of data of its own here`,
  events: (topic) => (all(topic) ? "hear of everything that happens" : `hear of what happens as "${topic}"`),
  "secrets.use": (key) =>
    all(key) ? "have any of your keys put into its requests, without seeing them" : `have your key "${key}" put into its requests, without seeing it`,
  "documents.read": (scope) => (all(scope) ? "read every document a run was given" : `read the documents "${scope}"`),
  "ui.view": () => "show a view of its own in the page",
};

function netWords(scope: string | undefined): string {
  if (all(scope)) return "send requests to any place on the network, and read the answers";
  const [, host, method] = /^(.*?)(?::([A-Z]+|\*))?$/.exec(scope ?? "") ?? [];
  const where = host?.startsWith("*.") ? `any host under ${host.slice(2)}` : host;
  return method === undefined || method === "*" ? `send anything to ${where}, and read the answers` : `send requests to ${where} (${method} only)`;
}

/** What tapping a hook lets a plugin see and do, without any capability. Completes "It will …". */
export function hookWords(hook: string): string {
  if (Object.hasOwn(taps, hook)) return taps[hook] as string;
  if (!Object.hasOwn(lifecycle, hook)) return `take part in "${hook}", which this version does not know`;
  return `take part in "${hook}": ${lifecycle[hook as keyof typeof lifecycle].doc}`;
}

const taps: { readonly [hook: string]: string } = {
  "task.submit": "see every task, and refuse any",
  "task.plan": "see every task, and change who works on it and how",
  "task.topology": "see every plan, and offer its own way of working together",
  "model.list": "offer models",
  "task.route": "see every step, and choose the model that takes it",
  "step.before": "see and change every step before a model gets it",
  "step.after": "see and change what every agent wrote",
  "budget.reserve": "see what every call may cost, and refuse any",
  "model.request": "see and change everything that is sent to models",
  "model.call": "see everything that is sent to models, and answer in their place",
  "model.response": "see and change every answer of a model",
  "model.delta": "see what models write while they write it, and change nothing",
  "tool.list": "offer tools to agents",
  "tool.guard": "see every use of a tool, and refuse any",
  "tool.call": "see every use of a tool, and answer in its place",
  "step.judge": "see and judge what every agent wrote",
  "task.judge": "see and judge the outcome of every task",
  "task.decide": "see every verdict, and decide what happens next",
  "task.memorize": "see how every task ended, and change nothing",
  "task.finish": "see how every finished task ended, and change nothing",
  "task.fail": "see how every failed task ended, and change nothing",
  "channel.ingress": "see and change every message that comes in",
  "channel.egress": "see and change every message that goes out",
  event: "see every entry of the record of runs, and change nothing",
  "kernel.plugin": "see when plugins start, stop or are denied something, and change nothing",
  "ui.view": "show a view of its own in the page",
};
