import type { PluginSettings as Settings, SettingsChange } from "@orrery/sdk";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { Failed, Loading } from "../ui/States.tsx";
import { SettingField } from "./SettingField.tsx";
import { changeOf, type Drafts, undoOf } from "./setting-draft.ts";

/** A form made from what a plugin says it can be set to. What is saved takes effect at once, or nothing is changed. */
export function PluginSettings({ id, title }: { id: string; title: string }) {
  const { client, where } = useKernel();
  const { data, error } = useQuery({ queryKey: [where, "plugin settings", id], queryFn: () => client.pluginSettings?.(id) ?? null });
  if (error) return <Failed error={error} what={`The settings of ${title} could not be told`} />;
  if (data === undefined) return <Loading what="Asking for its settings" />;
  if (!data) return null;
  if (data.settings.length === 0)
    return <p className="text-13 text-muted">{data.described ? "It has no settings." : "It has no settings, or its library does not say which."}</p>;
  return <Form title={title} is={data} />;
}

function Form({ title, is }: { title: string; is: Settings }) {
  const { client, where } = useKernel();
  const [drafts, setDrafts] = useState<Drafts>({});
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [done, setDone] = useState<{ words: string; undo?: SettingsChange | undefined }>();
  const change = changeOf(is.settings, drafts);
  const touched = Object.keys(drafts).length > 0;
  const save = async (wanted: SettingsChange, words: string, undo?: SettingsChange) => {
    setBusy(true);
    setFailure(undefined);
    setDone(undefined);
    try {
      const now = await client.changePluginSettings?.(is.id, wanted);
      queries.setQueryData([where, "plugin settings", is.id], now);
      setDrafts({});
      setDone({ words: now?.problem ? `${words} It does not run: ${now.problem.message}` : words, undo });
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: [where] });
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (change && !busy) void save(change, `Saved: ${title} works with it from now on.`, undoOf(is.settings, change));
  };
  return (
    <form
      noValidate
      onSubmit={submit}
      aria-label={`Settings of ${title}`}
      className="flex max-w-[44rem] flex-col gap-4 rounded-8 border border-line bg-bg p-4 text-14"
    >
      {is.settings.map((setting) => (
        <SettingField
          key={setting.name}
          setting={setting}
          draft={drafts[setting.name]}
          onChange={(draft) => setDrafts(({ [setting.name]: _, ...others }) => ({ ...others, ...(draft === undefined ? {} : { [setting.name]: draft }) }))}
        />
      ))}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" disabled={busy || !change}>
          {busy ? "Saving…" : "Save settings"}
        </Button>
        {touched ? (
          <Button disabled={busy} onClick={() => setDrafts({})}>
            Discard changes
          </Button>
        ) : null}
        {done?.undo && !touched ? (
          <Button disabled={busy} onClick={() => void save(done.undo ?? {}, "Undone: it is as it was before.")}>
            Undo
          </Button>
        ) : null}
        <span role="status" className="text-13 text-muted empty:hidden">
          {done?.words}
        </span>
      </div>
      {failure === undefined ? null : <Failed error={failure} what={`The settings of ${title} were not changed`} />}
    </form>
  );
}
