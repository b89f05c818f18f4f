import { Cpu, KeyRound } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries, useModels } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { Failed, Loading, Notice } from "../ui/States.tsx";
import { ExtendTabs } from "./ExtendTabs.tsx";

const providers = [
  { id: "ollama", name: "Ollama on this computer", needsKey: false, url: "http://127.0.0.1:11434/v1" },
  { id: "lmstudio", name: "LM Studio on this computer", needsKey: false, url: "http://127.0.0.1:1234/v1" },
  { id: "openai", name: "OpenAI", needsKey: true, url: "" },
  { id: "anthropic", name: "Anthropic", needsKey: true, url: "" },
  { id: "google", name: "Google", needsKey: true, url: "" },
  { id: "openai-compatible", name: "Another OpenAI-compatible server", needsKey: false, url: "http://127.0.0.1:8080/v1" },
] as const;
const field = "h-9 w-full rounded-8 border border-control bg-surface px-2 text-14 text-fg";

/** What could answer now, and how to connect more. */
export function ModelsRoom() {
  const { data, error, isPending } = useModels();
  const { client, where } = useKernel();
  return (
    <div className="flex flex-1 flex-col gap-4">
      <h1 className="text-20 font-semibold">Models</h1>
      <ExtendTabs />
      {error ? <Failed error={error} what="The models could not be listed" /> : null}
      {isPending ? <Loading what="Asking the providers" /> : null}
      {data?.length === 0 ? <Notice icon={Cpu} title="No model is there" /> : null}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_380px]">
        {data && data.length > 0 ? (
          <ul className="divide-y divide-line rounded-12 border border-line bg-surface" aria-label="Models">
            {data.map((model) => (
              <li key={model.id} className="flex flex-col gap-0.5 px-4 py-3 text-13">
                <div className="flex flex-wrap items-baseline gap-x-3">
                  <span className="font-medium">{model.label}</span>
                  <code className="font-mono text-12 text-muted">{model.id}</code>
                  <span className="ml-auto text-12 text-muted">
                    {model.state} · {model.local ? "stays on this computer" : "leaves this computer"} ·{" "}
                    {model.paid
                      ? model.price
                        ? `$${model.price.inputUsdPerMTok} in, $${model.price.outputUsdPerMTok} out a million tokens`
                        : "paid, price unknown"
                      : "free"}
                  </span>
                </div>
                <div className="flex items-center justify-between gap-3">
                  <p className="text-muted">
                    {model.source}
                    {model.note ? `. ${model.note}` : ""}
                  </p>
                  {client.disconnect &&
                  where === "tab" &&
                  model.kind === "generative" &&
                  model.state !== "embedded" &&
                  data.find(({ provider }) => provider === model.provider) === model ? (
                    <Disconnect provider={model.provider} disconnect={client.disconnect} />
                  ) : null}
                </div>
              </li>
            ))}
          </ul>
        ) : (
          <div />
        )}
        {client.connect && where === "tab" ? <Connect connect={client.connect} /> : null}
      </div>
    </div>
  );
}

/** Forgets the provider's address and key, and closes the way to it. */
function Disconnect({ provider, disconnect }: { provider: string; disconnect(provider: string): Promise<void> }) {
  const [failure, setFailure] = useState<unknown>();
  return (
    <>
      <Button size="small" look="quiet" onClick={() => void disconnect(provider).then(() => queries.invalidateQueries({ queryKey: ["tab"] }), setFailure)}>
        Disconnect {provider}
      </Button>
      {failure !== undefined ? <span role="alert">{String(failure)}</span> : null}
    </>
  );
}

function Connect({ connect }: { connect: NonNullable<ReturnType<typeof useKernel>["client"]["connect"]> }) {
  const [provider, setProvider] = useState<(typeof providers)[number]["id"]>("ollama");
  const [key, setKey] = useState("");
  const [url, setUrl] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [done, setDone] = useState<string>();
  const id = useId();
  const chosen = providers.find((each) => each.id === provider);
  const baseUrl = url || chosen?.url;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    setDone(undefined);
    try {
      const models = await connect({ provider, ...(baseUrl ? { baseUrl } : {}), ...(key ? { key } : {}) });
      const own = models.filter((model) => model.provider === provider);
      setDone(
        own.length > 0
          ? `${own.length} of its models can be used now.`
          : "Remembered, but it listed no model: is it running, and does it allow requests from this page?",
      );
      setKey("");
      await queries.invalidateQueries({ queryKey: ["tab"] });
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3 rounded-12 border border-line bg-surface p-5">
      <h2 className="flex items-center gap-2 text-16 font-semibold">
        <KeyRound aria-hidden className="size-4 text-accent" strokeWidth={1.75} /> Connect a model
      </h2>
      <label className="flex flex-col gap-1 text-12 text-muted">
        Provider
        <select value={provider} onChange={(event) => setProvider(event.target.value as typeof provider)} className={field}>
          {providers.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <label className="flex flex-col gap-1 text-12 text-muted">
        Address {chosen?.url ? "" : "(the provider's own when empty)"}
        <input type="url" value={url} onChange={(event) => setUrl(event.target.value)} placeholder={chosen?.url} className={field} />
      </label>
      <label className="flex flex-col gap-1 text-12 text-muted">
        Key {chosen?.needsKey ? "" : "(if it needs one)"}
        <input
          type="password"
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.target.value)}
          required={chosen?.needsKey ?? false}
          className={field}
        />
      </label>
      <p id={`${id}-note`} className="text-13 text-muted">
        The key is kept in this browser's storage, unencrypted, and sent to that host only. Your task and the passages of your documents that the team reads go
        there too. This page cannot reach any other host.
      </p>
      <Button type="submit" look="primary" disabled={busy} aria-describedby={`${id}-note`}>
        {busy ? "Connecting…" : "Allow and connect"}
      </Button>
      {done ? <p role="status">{done}</p> : null}
      {failure !== undefined ? <Failed error={failure} what="It was not connected" /> : null}
    </form>
  );
}
