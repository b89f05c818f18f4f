import { parseSync } from "rolldown/utils";

/** The lines of a source text that hold code: comments and blank lines are not counted. */
export function codeLines(file, text) {
  const { comments } = parseSync(file, text);
  let code = "";
  let at = 0;
  for (const { start, end } of comments) {
    code += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, " ");
    at = end;
  }
  code += text.slice(at);
  return code.split("\n").filter((line) => line.trim() !== "").length;
}
