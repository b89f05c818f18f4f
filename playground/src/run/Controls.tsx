import { Link } from "@tanstack/react-router";
import { Activity, CirclePause, CirclePlay, GitFork, OctagonX, Waypoints } from "lucide-react";
import type { ReactNode } from "react";
import { Button, buttonClass } from "../ui/Button.tsx";
import type { Steered } from "./use-steering.ts";

export type Form = "redirect" | "fork";
interface ControlsProps {
  run: string;
  status: string;
  planned: boolean;
  steered: Steered;
  /** The form that stands open below. */
  form: Form | undefined;
  onForm(form: Form | undefined): void;
}

const underWay = ["running", "paused", "waiting"];

/** What can be said to the run as it stands now. */
export function Controls({ run, status, planned, steered: { busy, tell, resume }, form, onForm }: ControlsProps) {
  const live = underWay.includes(status);
  const button = (name: string, icon: ReactNode, act: () => unknown, wait?: string) => (
    <Button key={name} onClick={() => void act()} disabled={busy !== undefined}>
      {icon}
      {wait !== undefined && busy === wait ? `${name}…` : name}
    </Button>
  );
  const opens = (name: string, which: Form, icon: ReactNode, shortcut?: string) => (
    <Button
      key={name}
      onClick={() => onForm(form === which ? undefined : which)}
      aria-expanded={form === which}
      {...(shortcut ? { "aria-keyshortcuts": shortcut } : {})}
    >
      {icon}
      {name}
    </Button>
  );
  const look = { "aria-hidden": true, className: "size-4", strokeWidth: 1.75 } as const;
  return (
    <div role="group" aria-label="Steer this run" className="flex flex-wrap items-center gap-2">
      {status === "running" || status === "waiting" ? button("Pause", <CirclePause {...look} />, () => tell({ do: "pause" }), "pause") : null}
      {status === "paused" ? button("Resume", <CirclePlay {...look} />, () => tell({ do: "resume" }), "resume") : null}
      {status === "interrupted" ? button("Resume", <CirclePlay {...look} />, resume, "resume") : null}
      {live ? opens("Redirect", "redirect", <Waypoints {...look} />) : null}
      {live ? button("Cancel", <OctagonX {...look} />, () => tell({ do: "cancel", reason: "cancelled in the page" }), "cancel") : null}
      {planned ? opens("Fork", "fork", <GitFork {...look} />, "f") : null}
      <Link to="/observe/traces/$runId" params={{ runId: run }} className={buttonClass()}>
        <Activity {...look} />
        Trace
      </Link>
    </div>
  );
}
