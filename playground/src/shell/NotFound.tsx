import { Link } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { buttonClass } from "../ui/Button.tsx";
import { Failed, Notice } from "../ui/States.tsx";

export function NotFound() {
  return (
    <>
      <h1 className="sr-only">No such page</h1>
      <Notice icon={MapPinOff} title="There is no such page">
        <p>The address leads nowhere in this version of Orrery.</p>
        <Link to="/" className={buttonClass()}>
          Go home
        </Link>
      </Notice>
    </>
  );
}

export function RouteFailed({ error }: { error: unknown }) {
  return (
    <>
      <h1 className="sr-only">This view failed</h1>
      <Failed error={error} what="This view failed" />
    </>
  );
}
