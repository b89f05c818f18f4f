import { parseSync, Visitor } from "rolldown/utils";
import { isProductSource, projectFiles, textOf } from "../lib/project-files.mjs";

/** Every OrreryError the product throws with a literal code: code → the places, with message and advice as far as they are literal. */
export function thrownErrors() {
  const found = new Map();
  for (const file of projectFiles(/^(sdk|plugins|host-node|host-browser|playground)\/.*\.tsx?$/).filter(isProductSource)) {
    const text = textOf(file);
    if (!text.includes("OrreryError")) continue;
    const { program } = parseSync(file, text);
    const note = (args) => {
      for (const code of codesOf(args[0])) {
        const rows = found.get(code) ?? [];
        rows.push({ file, message: wordsOf(args[1]), advice: adviceOf(args[2]) });
        found.set(code, rows);
      }
    };
    new Visitor({
      NewExpression(node) {
        if (node.callee.type === "Identifier" && node.callee.name === "OrreryError") note(node.arguments);
      },
      ClassDeclaration(node) {
        if (node.superClass?.type !== "Identifier" || node.superClass.name !== "OrreryError") return;
        new Visitor({ CallExpression: (call) => void (call.callee.type === "Super" && note(call.arguments)) }).visit({
          type: "Program",
          body: [node],
          start: node.start,
          end: node.end,
        });
      },
    }).visit(program);
  }
  return found;
}

function codesOf(node) {
  if (node?.type === "Literal" && /^[A-Z][A-Z0-9_]+$/.test(node.value)) return [node.value];
  if (node?.type === "ConditionalExpression") return [...codesOf(node.consequent), ...codesOf(node.alternate)];
  return [];
}

/** The literal words of a message, `…` for what is filled in. */
function wordsOf(node) {
  if (node?.type === "Literal") return String(node.value);
  if (node?.type === "TemplateLiteral") return node.quasis.map((quasi) => quasi.value.cooked).join("…");
  if (node?.type === "BinaryExpression") return `${wordsOf(node.left)}${wordsOf(node.right)}`;
  return "";
}

function adviceOf(node) {
  const member = node?.type === "ObjectExpression" ? node.properties.find((each) => each.key?.name === "todo") : undefined;
  return member ? wordsOf(member.value) : "";
}
