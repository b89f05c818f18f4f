import { type InputFile, type RunRequest, type Spending, type SubmitRequest, type Team, usdToNano } from "@orrery/sdk";

/** Nobody agreed to spend anything. */
export const unagreed: Spending = { allowed: false, capNano: 0, why: "nobody agreed to spend money" };

/** Whether a team names tools, or an output in a form that one gives. */
export const needsTools = (team: Team | undefined): boolean => team?.agents.some(({ tools, output }) => tools.length > 0 || output !== undefined) ?? false;

export function inputFile(document: NonNullable<SubmitRequest["documents"]>[number]): InputFile {
  const bytes =
    document.bytes ??
    (document.base64 !== undefined ? Uint8Array.from(atob(document.base64), (c) => c.charCodeAt(0)) : new TextEncoder().encode(document.text ?? ""));
  return { path: document.path, bytes };
}

/** A request of the page's as the runner takes it: saying a budget is agreeing to spend it. */
export function runRequest({ task, budget, thread, topology, team, agents, model, documentBytes }: SubmitRequest, files: InputFile[]): RunRequest {
  return {
    text: task,
    files,
    ...(thread ? { thread } : {}),
    ...(topology ? { topology } : {}),
    ...(team ? { team } : {}),
    ...(agents ? { agents } : {}),
    ...(model ? { model } : {}),
    ...(documentBytes === undefined ? {} : { documentBytes }),
    spending: budget === undefined ? unagreed : { allowed: budget > 0, capNano: usdToNano(budget), why: `a budget of $${budget} was agreed to in the page` },
    actor: "person",
    workspace: "default",
  };
}
