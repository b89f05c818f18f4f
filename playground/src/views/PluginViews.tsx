import type { ShownView, ViewQuery } from "@orrery/sdk";
import { Link } from "@tanstack/react-router";
import { LayoutPanelLeft } from "lucide-react";
import { Component, type ReactNode } from "react";
import { Failed, Loading, Notice } from "../ui/States.tsx";
import { Blocks } from "./Blocks.tsx";
import { useViews } from "./use-views.ts";

/** One plugin's view failing to be drawn is that plugin's, and the others stay. */
class Boundary extends Component<{ plugin: string; children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    return this.state.error === undefined ? (
      this.props.children
    ) : (
      <Failed error={this.state.error} what={`The view of ${this.props.plugin} could not be drawn`} />
    );
  }
}

function OneView({ plugin, view, problem }: ShownView) {
  return (
    <section aria-label={view?.title ?? plugin} className="flex flex-col gap-4 rounded-12 border border-line bg-surface p-5">
      <header className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="text-16 font-semibold">{view?.title ?? plugin}</h2>
        <Link to="/extend" search={{ plugin }} className="font-mono text-12 text-muted underline-offset-2 hover:underline">
          {plugin}
        </Link>
      </header>
      {view ? (
        <Boundary plugin={plugin}>
          <Blocks blocks={view.blocks} />
        </Boundary>
      ) : null}
      {problem ? <Failed error={Object.assign(new Error(problem.message), { code: problem.code })} what="It shows nothing" /> : null}
    </section>
  );
}

/** What plugins show at a place, and how to make one where none does. */
export function PluginViews(query: ViewQuery) {
  const { data, error, isPending } = useViews(query);
  if (error) return <Failed error={error} what="The views could not be asked for" />;
  if (isPending) return <Loading what="Asking the plugins" />;
  if (data.length > 0)
    return (
      <div className="flex flex-col gap-4">
        {data.map((shown, i) => (
          <OneView key={`${shown.plugin}${i}`} {...shown} />
        ))}
      </div>
    );
  return (
    <Notice icon={LayoutPanelLeft} title={query.place === "run" ? "No plugin shows anything about this run" : "No plugin shows a view"}>
      <p>
        A plugin that asks for the capability <code className="font-mono text-13">ui.view</code> and taps the hook{" "}
        <code className="font-mono text-13">ui.view</code> shows figures, tables and charts here:
      </p>
      <pre className="max-w-full whitespace-pre-wrap break-words rounded-8 border border-line bg-raised p-3 font-mono text-12">{`tap("ui.view", ({ place }) => ({
  title: "Hello",
  blocks: [{ kind: "stat", label: "Answer", value: 42 }],
}));`}</pre>
      <Link to="/extend/playground" className="text-accent underline underline-offset-2">
        Write one in the plugin playground
      </Link>
    </Notice>
  );
}
