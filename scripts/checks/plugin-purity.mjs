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
      const report = (node, name) => failures.push(`${file}:${text.slice(0, node.start).split("\n").length} uses ${name}`);
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
