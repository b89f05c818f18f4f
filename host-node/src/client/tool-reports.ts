import type { Kernel } from "@orrery/kernel";
import type { Lifecycle, ToolSpec } from "@orrery/sdk";

export interface ToolReport extends Omit<ToolSpec, "input"> {
  /** What the guards say of a call by an agent whose team names the tool. */
  decision: "allow" | "ask" | "deny";
  why: string;
  plugin: string;
}

/** Every tool there is, asked of the guards as a run would ask. */
export async function toolReports(kernel: Kernel<Lifecycle>): Promise<ToolReport[]> {
  const answers = await kernel.call("tool.list", {});
  const reports = answers.flatMap((answer) => {
    if (!answer.ok) return [];
    return answer.value.map(async ({ input: _, ...tool }): Promise<ToolReport> => {
      const origin = { run: "-", task: "-", step: "-", agent: "an agent", plugin: "orrery.host", actor: "-", workspace: "-" };
      const call = { id: `ask:${tool.name}`, origin, tool: tool.name, input: {}, named: [tool.name], effects: tool.effects, localOnly: false };
      const { decision, reasons } = await kernel.call("tool.guard", call);
      const vouched = reasons.some((each) => each.decision === "allow");
      const why = reasons.filter((each) => each.decision === decision).map(({ reason }) => reason);
      return { ...tool, plugin: answer.plugin, decision: decision === "allow" && !vouched ? "deny" : decision, why: why.join("; ") || "no policy allows it" };
    });
  });
  return Promise.all(reports);
}
