import type { PluginSetting } from "@orrery/sdk";
import { RotateCcw } from "lucide-react";
import { useId } from "react";
import { Button } from "../ui/Button.tsx";
import { type Draft, kindOf, read, textOf } from "./setting-draft.ts";

const look = "w-full min-w-0 rounded-8 border border-control bg-surface px-2 text-14 text-fg aria-invalid:border-error";

/** One setting: its name, its field, what it is for, what holds without it, and the way back to that. */
export function SettingField({ setting, draft, onChange }: { setting: PluginSetting; draft: Draft | undefined; onChange(draft: Draft | undefined): void }) {
  const { name, takes, description, needed, secret } = setting;
  const id = useId();
  const back = draft === "unset";
  const kept = textOf(setting);
  const text = back ? (setting.default === undefined ? "" : textOf(setting, setting.default)) : (draft?.text ?? kept);
  const found = draft !== undefined && draft !== "unset" ? read(setting, draft.text) : undefined;
  const wrong = found && "wrong" in found ? found.wrong : undefined;
  const type = (next: string) => onChange(next === kept && !secret ? undefined : { text: next });
  const usual = setting.default === undefined ? (needed ? "It needs one." : "") : `Default: ${JSON.stringify(setting.default)}.`;
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-x-2">
        <label htmlFor={id} className="min-w-0 break-words font-medium">
          {name}
        </label>
        {setting.set && !back ? (
          <Button size="small" look="quiet" onClick={() => onChange("unset")} aria-label={`Reset ${name} to its default`}>
            <RotateCcw aria-hidden className="size-3.5" strokeWidth={1.75} /> Reset
          </Button>
        ) : null}
      </div>
      <Field id={id} setting={setting} text={text} wrong={wrong !== undefined} described={`${id}-about`} onType={type} />
      <p id={`${id}-about`} className="break-words text-12 text-muted">
        {description ? `${description} ` : ""}
        {back
          ? "Goes back to its default when it is saved."
          : `Takes ${takes}. ${secret ? (setting.set ? "It is set, and not shown. " : "Not set; it is not shown again. ") : ""}${usual}`}
      </p>
      {wrong ? (
        <p role="alert" className="text-13 text-error">
          {wrong}
        </p>
      ) : null}
    </div>
  );
}

interface FieldProps {
  id: string;
  setting: PluginSetting;
  text: string;
  wrong: boolean;
  described: string;
  onType(text: string): void;
}

function Field({ id, setting, text, wrong, described, onType }: FieldProps) {
  const kind = kindOf(setting);
  const common = { id, value: text, "aria-invalid": wrong, "aria-describedby": described };
  const { minimum, maximum } = setting.schema;
  if (kind === "switch")
    return (
      <input
        id={id}
        type="checkbox"
        aria-describedby={described}
        checked={text === "true"}
        onChange={(event) => onType(String(event.target.checked))}
        className="size-4 self-start accent-[var(--accent)]"
      />
    );
  if (kind === "choice")
    return (
      <select {...common} onChange={(event) => onType(event.target.value)} className={`${look} h-9`}>
        {text === "" ? <option value="">not set</option> : null}
        {(setting.schema["enum"] as unknown[]).map((each) => (
          <option key={JSON.stringify(each)} value={JSON.stringify(each)}>
            {String(each)}
          </option>
        ))}
      </select>
    );
  if (kind === "lines" || kind === "json")
    return (
      <textarea
        {...common}
        rows={Math.min(12, Math.max(2, text.split("\n").length))}
        spellCheck={false}
        placeholder={kind === "lines" ? "One a line" : "JSON"}
        onChange={(event) => onType(event.target.value)}
        className={`${look} resize-y py-1.5 font-mono text-13`}
      />
    );
  if (kind === "number")
    return (
      <input
        {...common}
        type="number"
        inputMode="decimal"
        step={setting.schema["type"] === "integer" ? 1 : "any"}
        {...(typeof minimum === "number" && minimum > Number.MIN_SAFE_INTEGER ? { min: minimum } : {})}
        {...(typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER ? { max: maximum } : {})}
        onChange={(event) => onType(event.target.value)}
        className={`${look} h-9 max-w-48`}
      />
    );
  return (
    <input
      {...common}
      type={kind === "secret" ? "password" : "text"}
      autoComplete="off"
      placeholder={kind === "secret" && setting.set ? "set; type to replace it" : undefined}
      onChange={(event) => onType(event.target.value)}
      className={`${look} h-9`}
    />
  );
}
