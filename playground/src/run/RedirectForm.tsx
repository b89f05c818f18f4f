import { type FormEvent, useId, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { focusOn } from "../ui/focus.ts";
import type { Steered } from "./use-steering.ts";

/** A new instruction for every step that starts from now on. */
export function RedirectForm({ steered, onDone }: { steered: Steered; onDone(): void }) {
  const [instruction, setInstruction] = useState("");
  const id = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await steered.tell({ do: "redirect", instruction })) onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} aria-label="Redirect" className="flex flex-col gap-2 rounded-12 border border-line bg-surface p-4">
      <label htmlFor={id} className="text-13 font-medium text-muted">
        What the steps that start from now on should do or mind
      </label>
      <textarea
        id={id}
        ref={focusOn}
        rows={2}
        value={instruction}
        onChange={(event) => setInstruction(event.target.value)}
        placeholder="Leave the costs out; look at the timetable only."
        className="w-full resize-y rounded-8 border border-control bg-surface px-3 py-2 text-14"
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" disabled={instruction.trim() === "" || steered.busy !== undefined}>
          {steered.busy === "redirect" ? "Telling the run…" : "Redirect the run"}
        </Button>
        <Button look="quiet" onClick={onDone}>
          Close
        </Button>
        <p className="text-12 text-muted">Steps under way finish as they are. It is written into the journal.</p>
      </div>
    </form>
  );
}
