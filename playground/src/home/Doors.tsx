import { Link } from "@tanstack/react-router";
import { ArrowRight, Cpu, FlaskConical, Terminal } from "lucide-react";

const door = "flex flex-col gap-2 rounded-12 border border-line bg-surface p-5";
const head = "flex items-center gap-2 font-semibold";

/** Where to go from here. */
export function Doors() {
  return (
    <section aria-labelledby="doors" className="flex flex-col gap-3">
      <h2 id="doors" className="text-16 font-semibold">
        From here
      </h2>
      <div className="grid grid-cols-1 gap-3 md:grid-cols-3">
        <Link to="/extend/playground" className={`${door} group transition-colors duration-[120ms] hover:border-control`}>
          <span className={head}>
            <FlaskConical aria-hidden className="size-4 text-accent" strokeWidth={1.75} /> Write a plugin here
            <ArrowRight aria-hidden className="ml-auto size-4 text-subtle group-hover:text-fg" strokeWidth={1.75} />
          </span>
          <span className="text-muted">Edit six lines, load them into the running kernel, and watch their hook fire.</span>
        </Link>
        <Link to="/extend/models" className={`${door} group transition-colors duration-[120ms] hover:border-control`}>
          <span className={head}>
            <Cpu aria-hidden className="size-4 text-accent" strokeWidth={1.75} /> Connect a model
            <ArrowRight aria-hidden className="ml-auto size-4 text-subtle group-hover:text-fg" strokeWidth={1.75} />
          </span>
          <span className="text-muted">Your own key or a local server. The same team then runs on it; the built-in engine only selects sentences.</span>
        </Link>
        <div className={door}>
          <span className={head}>
            <Terminal aria-hidden className="size-4 text-accent" strokeWidth={1.75} /> Install on Node
          </span>
          <span className="text-muted">The same kernel and plugins as a command and a server. In a clone of the repository:</span>
          <code className="rounded-8 bg-raised px-3 py-2 font-mono text-13">npm start</code>
        </div>
      </div>
    </section>
  );
}
