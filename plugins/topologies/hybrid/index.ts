import { Classifier, Connections, definePlugin, optional, OrreryError, token, type TopologyExecutor, topologyToken } from "@orrery/sdk";
import { topologyPlugin } from "../kit/plugin.ts";
import type { EgressGuard } from "./egress-guard.ts";

const id = "hybrid";
const title = "Hybrid";
const description = "A model elsewhere is asked without what is private; that stays on this machine and is put back here.";
const own = `orrery.topology.${id}`;

/** `orrery.topology.hybrid`: private words stay here, whoever is asked; and a guard on every request of such a run that sees to it. */
export default definePlugin({
  manifest: {
    id: own,
    version: "0.1.0",
    api: "^1.0",
    title,
    description,
    capabilities: [{ name: "hook.call:model.list", reason: "to know which models are on this machine" }],
  },
  provides: [token<TopologyExecutor>(topologyToken(id))],
  async setup(context) {
    const { tap, when, call } = context;
    const classifier = optional(when, Classifier);
    const connections = optional(when, Connections);
    const ask = async (text: string) => {
      const there = classifier();
      if (!there) throw new OrreryError("CLASSIFIER_MISSING", "No plugin tells what of a text is private.", { todo: "Install orrery.privacy.classifier." });
      return there.classify(text);
    };
    const isLocal = async (model: string): Promise<boolean> => {
      const { localBoth } = await import("./egress-guard.ts");
      const models = (await call("model.list", { refresh: false })).flatMap((answer) => (answer.ok ? answer.value : []));
      return localBoth(
        models.find((each) => each.id === model),
        (await connections()?.list()) ?? [],
      );
    };
    const classifyFor = async () => {
      const { classifying } = await import("./taint.ts");
      return (config: Parameters<typeof classifying>[1]) => classifying(ask, config);
    };
    let guard: Promise<EgressGuard> | undefined;
    const guarding = (): Promise<EgressGuard> => {
      guard ??= Promise.all([import("./egress-guard.ts"), classifyFor()]).then(([{ EgressGuard }, classify]) => new EgressGuard({ classify, isLocal }));
      return guard;
    };

    const { setup } = topologyPlugin({ id, title, description, load: async () => (await import("./hybrid.ts")).hybrid(await classifyFor()) });
    await setup(context as never);
    tap(
      "task.topology",
      async (plan) => {
        if (plan.topology.id === id) (await guarding()).watch(plan);
      },
      { phase: "guard" },
    );
    for (const hook of ["task.finish", "task.fail"] as const) tap(hook, async ({ task }) => (await guard)?.forget(task.run), { phase: "observe" });
    tap("step.before", async (step) => (guard ? (await guard).screened(step) : step), { phase: "observe" });
    tap(
      "model.request",
      async (request) => {
        if (guard || request.origin.plugin === own) await (await guarding()).check(request, own);
        return request;
      },
      { phase: "observe" },
    );
    tap(
      "model.call",
      async (request) => {
        if (guard || request.origin.plugin === own) await (await guarding()).check(request, own);
        return undefined;
      },
      { phase: "guard" },
    );
  },
});
