import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useState } from "react";
import { useRuns } from "../client/queries.ts";
import { useKernel } from "../client/kernel-source.tsx";
import { ago } from "../ui/format.ts";
import { Status } from "../ui/Status.tsx";
import { places } from "./places.ts";
import { setTheme } from "./theme.ts";

const item = "flex h-9 cursor-pointer items-center gap-3 rounded-8 px-3 text-14 data-[selected=true]:bg-raised";
const group = "p-1 [&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:text-subtle";

/** Ctrl/Cmd+K: places, commands (`>`) and runs (`#`). */
export function CommandPalette({ onClose }: { onClose(): void }) {
  const navigate = useNavigate();
  const { client } = useKernel();
  const { data: runs = [] } = useRuns({ limit: 30 });
  const [query, setQuery] = useState("");
  const only = query.startsWith(">") ? "commands" : query.startsWith("#") ? "runs" : undefined;
  const act = (work: () => unknown) => () => {
    onClose();
    void work();
  };
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      label="Search and commands"
      filter={(value, search) => (value.toLowerCase().includes(search.replace(/^[>#]\s*/, "").toLowerCase()) ? 1 : 0)}
      overlayClassName="fixed inset-0 z-40 bg-[#1c1a17]/40"
      contentClassName="fixed left-1/2 top-[12vh] z-50 w-[min(92vw,560px)] -translate-x-1/2 overflow-hidden rounded-12 border border-control bg-surface"
    >
      <Command.Input
        value={query}
        onValueChange={setQuery}
        placeholder="Go to, do, or find a run…   > commands   # runs"
        className="h-12 w-full border-b border-line bg-transparent px-4 text-16 outline-none"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto" aria-label="Results">
        <Command.Empty className="p-6 text-muted">Nothing of that name.</Command.Empty>
        {only === undefined ? (
          <Command.Group heading="Go to" className={group}>
            {places.map(({ to, name, icon: Icon, letter, aliases }) => (
              <Command.Item key={to} value={`${name} ${aliases}`} onSelect={act(() => navigate({ to }))} className={item}>
                <Icon aria-hidden className="size-4 text-subtle" strokeWidth={1.75} />
                {name}
                <kbd className="ml-auto font-sans text-12 text-subtle">g {letter}</kbd>
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
        {only !== "runs" ? (
          <Command.Group heading="Commands" className={group}>
            <Command.Item
              value="run the example"
              onSelect={act(async () => {
                const { runId } = await client.example();
                await navigate({ to: "/run/$runId", params: { runId } });
              })}
              className={item}
            >
              Run the example
            </Command.Item>
            {(["light", "dark", "system"] as const).map((theme) => (
              <Command.Item key={theme} value={`theme ${theme}`} onSelect={act(() => setTheme(theme))} className={item}>
                Theme: {theme === "system" ? "as the system" : theme}
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
        {only !== "commands" && runs.length > 0 ? (
          <Command.Group heading="Runs" className={group}>
            {runs.map(({ run, task, status, startedAt }) => (
              <Command.Item key={run} value={`${task} ${run}`} onSelect={act(() => navigate({ to: "/run/$runId", params: { runId: run } }))} className={item}>
                <Status state={status} word={false} />
                <span className="truncate">{task}</span>
                <span className="ml-auto shrink-0 text-12 text-subtle">{ago(startedAt)}</span>
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </Command.Dialog>
  );
}
