import { parseSync, Visitor } from "rolldown/utils";
import { isProductSource, projectFiles, textOf } from "../lib/project-files.mjs";

const members = { Date: ["now"], Math: ["random"], performance: ["now"], crypto: ["randomUUID", "getRandomValues"] };
const globals = new Set(["console", "process", "setTimeout", "setInterval", "setImmediate", "localStorage", "indexedDB"]);

/** Plugins take clock, randomness, timers and log from their context, so that a run can be replayed and a test can set them. */
export const pluginPurity = {
  name: "plugins take the world from their context",
  async run() {
    const files = projectFiles(/^plugins\/.*\.tsx?$/).filter(isProductSource);
    const failures = [];
    for (const file of files) {
      const text = textOf(file);
      const { program } = parseSync(file, text);
      const local = boundNames(program);
      const report = (node, name) => local.has(name.split(".")[0]) || failures.push(`${file}:${text.slice(0, node.start).split("\n").length} uses ${name}`);
      const visitor = new Visitor({
        MemberExpression(node) {
          const { object, property } = node;
          if (object.type !== "Identifier" || property.type !== "Identifier") return;
          if (members[object.name]?.includes(property.name)) report(node, `${object.name}.${property.name}`);
          else if (globals.has(object.name)) report(node, object.name);
        },
        CallExpression(node) {
          if (node.callee.type === "Identifier" && globals.has(node.callee.name)) report(node, node.callee.name);
        },
        NewExpression(node) {
          if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0) report(node, "new Date()");
        },
      });
      visitor.visit(program);
    }
    return { failures, summary: `${files.length} files` };
  },
};

/** Names a file binds itself, such as `log: console` taken from a plugin's context: those are not the realm's. */
function boundNames(program) {
  const names = new Set();
  const bind = (pattern) => {
    if (pattern?.type === "Identifier") names.add(pattern.name);
    else if (pattern?.type === "ObjectPattern") for (const property of pattern.properties) bind(property.value ?? property.argument);
    else if (pattern?.type === "AssignmentPattern") bind(pattern.left);
  };
  const parameters = (node) => node.params.forEach((parameter) => bind(parameter));
  new Visitor({
    VariableDeclarator: (node) => bind(node.id),
    FunctionDeclaration: parameters,
    FunctionExpression: parameters,
    ArrowFunctionExpression: parameters,
  }).visit(program);
  return names;
}
