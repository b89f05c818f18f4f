import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { PluginReport } from "@orrery/sdk";
import { Blocks } from "lucide-react";
import type { ReactNode } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { usePlugins } from "../client/queries.ts";
import { useRowKeys } from "../shell/use-shortcuts.ts";
import { ago, plural } from "../ui/format.ts";
import { Failed, Loading, Notice } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";
import { ExtendTabs } from "./ExtendTabs.tsx";
import { InstalledPackages } from "./InstalledPackages.tsx";
import { PackageDrop } from "./PackageDrop.tsx";
import { SettingsDoor } from "./SettingsDoor.tsx";

const route = getRouteApi("/extend");

/** What is installed: state, hooks, services, capabilities and faults, as the kernel reports them. */
export function PluginsRoom() {
  const { plugin: chosen } = route.useSearch();
  const navigate = useNavigate();
  const { data, error, isPending } = usePlugins();
  const { inspectPackage, installPackage } = useKernel().client;
  const plugins = [...(data ?? [])].sort((a, b) => a.id.localeCompare(b.id));
  const at = Math.max(
    0,
    plugins.findIndex(({ id }) => id === chosen),
  );
  const selected = plugins[at];
  const choose = (id: string) => void navigate({ to: "/extend", search: { plugin: id }, replace: true, resetScroll: false });
  useRowKeys((by) => {
    const next = plugins[Math.min(plugins.length - 1, Math.max(0, at + by))];
    if (next) choose(next.id);
  });
  return (
    <div className="flex flex-1 flex-col gap-4">
      <h1 className="text-20 font-semibold">Plugins</h1>
      <ExtendTabs />
      {inspectPackage && installPackage ? (
        <>
          <PackageDrop inspectPackage={inspectPackage} installPackage={installPackage} />
          <InstalledPackages />
          <h2 className="text-16 font-semibold">Everything that is loaded</h2>
        </>
      ) : null}
      {error ? <Failed error={error} what="The plugins could not be listed" /> : null}
      {isPending ? <Loading what="Asking the kernel" /> : null}
      {data?.length === 0 ? <Notice icon={Blocks} title="No plugin is installed" /> : null}
      {plugins.length > 0 ? (
        <div className="grid grid-cols-1 items-start gap-4 md:grid-cols-[minmax(0,22rem)_minmax(0,1fr)]">
          <ul className="overflow-hidden rounded-12 border border-line bg-surface max-md:max-h-64 max-md:overflow-y-auto" aria-label="Plugins">
            {plugins.map((plugin) => (
              <li key={plugin.id} className="border-b border-line last:border-0">
                <button
                  type="button"
                  aria-pressed={plugin === selected}
                  onClick={() => choose(plugin.id)}
                  className={`flex h-9 w-full items-center gap-3 px-3 text-start text-13 -outline-offset-2 hover:bg-raised ${plugin === selected ? "bg-raised" : ""}`}
                >
                  <span className="min-w-0 flex-1 truncate">{plugin.id}</span>
                  <Status state={plugin.state} />
                </button>
              </li>
            ))}
          </ul>
          {selected ? <Details plugin={selected} /> : null}
        </div>
      ) : null}
    </div>
  );
}

function Details({ plugin }: { plugin: PluginReport }) {
  return (
    <article className="flex flex-col gap-4 rounded-12 border border-line bg-surface p-5">
      <header className="flex flex-col gap-1">
        <div className="flex flex-wrap items-center gap-3">
          <h2 className="text-16 font-semibold">{plugin.title ?? plugin.id}</h2>
          <Status state={plugin.state} />
          <span className="text-12 text-subtle">
            {plugin.id} {plugin.version} · {plugin.tier}
          </span>
        </div>
        {plugin.description ? <p className="text-muted">{plugin.description}</p> : null}
        {plugin.error ? (
          <p className="text-error">
            {plugin.error.code}: {plugin.error.message}
          </p>
        ) : null}
        {plugin.waitingFor.length > 0 ? <p className="text-warn">Waits for {plugin.waitingFor.join(", ")}.</p> : null}
      </header>
      <SettingsDoor key={plugin.id} id={plugin.id} title={plugin.title ?? plugin.id} />
      <dl className="grid gap-x-6 gap-y-3 text-13 sm:grid-cols-[8rem_minmax(0,1fr)]">
        <Row name="Taps" empty="none">
          {plugin.taps.map(({ hook, phase }, i) => (
            <Link
              key={`${hook}${i}`}
              to="/extend/hooks"
              search={{ hook }}
              className="rounded-4 border border-line bg-bg px-2 py-0.5 font-mono text-12 hover:border-control"
            >
              {hook}
              {phase === "main" ? "" : ` (${phase})`}
            </Link>
          ))}
        </Row>
        <Row name="Provides" empty="no service">
          {plugin.provides.map((id) => (
            <Chip key={id}>{id}</Chip>
          ))}
        </Row>
        <Row name="Requires" empty="no service">
          {plugin.requires.map((id) => (
            <Chip key={id}>{id}</Chip>
          ))}
        </Row>
        <Row name="May" empty="nothing beyond its taps">
          {plugin.capabilities.granted.map((id) => (
            <Chip key={id}>{id}</Chip>
          ))}
        </Row>
        <Row name="Denied" empty="nothing">
          {plugin.capabilities.denied.map((id) => (
            <Chip key={id}>{id}</Chip>
          ))}
        </Row>
        <Row name="Holds" empty="nothing">
          {plugin.effects.length > 0 ? [<span key="n">{plural(plugin.effects.length, "effect")}, taken back when it goes</span>] : []}
        </Row>
        <Row name="Faults" empty="none">
          {plugin.faults.map((fault) => (
            <p key={`${fault.at}${fault.hook}`} className="w-full break-words text-error">
              {fault.hook}: {fault.message} <span className="text-subtle">{ago(fault.at)}</span>
            </p>
          ))}
        </Row>
      </dl>
    </article>
  );
}

const Chip = ({ children }: { children: ReactNode }) => (
  <span className="break-all rounded-4 border border-line bg-bg px-2 py-0.5 font-mono text-12">{children}</span>
);

function Row({ name, empty, children }: { name: string; empty: string; children: ReactNode[] }) {
  return (
    <>
      <dt className="text-subtle">{name}</dt>
      <dd className="flex flex-wrap gap-1.5">{children.length > 0 ? children : <span className="text-subtle">{empty}</span>}</dd>
    </>
  );
}
