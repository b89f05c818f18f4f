import { keyOf } from "./edges.ts";
import type { Layout } from "./layout.ts";
import type { Path } from "./path.ts";
import type { Message, Traffic } from "./traffic.ts";

/** Lines beyond this many are drawn faintly and without arrow heads: they would only be ink. */
const mostHeads = 240;

interface LinesProps {
  paths: readonly Path[];
  traffic: Traffic;
  messages: readonly Message[];
  selected: string | undefined;
  boundary: Layout["boundary"];
}

/** All lines as a few shapes, however many there are, and the messages that travel along them now. Among very many, those of the selected agent stand out. */
export function Lines({ paths, traffic: { flowing, passed }, messages, selected, boundary }: LinesProps) {
  const stateOf = ({ line: { from, to } }: Path) => {
    const keys = [keyOf(from, to), keyOf(to, from)];
    if (keys.some((key) => flowing.has(key))) return "flowing";
    return keys.some((key) => passed.has(key)) ? "passed" : "idle";
  };
  const ways = new Map(paths.map((path) => [path.line.key, path]));
  const dense = paths.length > mostHeads;
  const own = ({ line: { from, to } }: Path) => !dense || from === selected || to === selected;
  return (
    <svg aria-hidden className="graph-lines" width="1" height="1">
      {(["idle", "passed", "flowing"] as const).map((state) => {
        const all = paths.filter((path) => stateOf(path) === state);
        const near = all.filter(own);
        return (
          <g key={state} className={state}>
            <path className="far" d={all.flatMap((path) => (own(path) ? [] : path.d)).join("")} />
            <path d={near.map(({ d }) => d).join("")} />
            <path className="heads" d={near.map(({ head }) => head).join("")} />
          </g>
        );
      })}
      {boundary ? (
        <g className="boundary">
          <path d={`M${boundary.from.x} ${boundary.from.y}L${boundary.to.x} ${boundary.to.y}`} />
          <text x={boundary.here.x} y={boundary.here.y}>
            stays on this machine
          </text>
          <text x={boundary.elsewhere.x} y={boundary.elsewhere.y}>
            may be asked elsewhere
          </text>
        </g>
      ) : null}
      {messages.map(({ key, from, to }) => {
        const there = ways.get(keyOf(from, to));
        const back = there ? undefined : ways.get(keyOf(to, from));
        const d = (there ?? back)?.d;
        if (d === undefined) return null;
        return (
          <circle key={key} r="5" className="message">
            <animateMotion
              path={d}
              dur="0.9s"
              fill="freeze"
              calcMode="spline"
              keyTimes="0;1"
              keySplines="0.4 0 0.2 1"
              keyPoints={back ? "1;0" : "0;1"}
              begin="indefinite"
              ref={begin}
            />
          </circle>
        );
      })}
    </svg>
  );
}

/** Starts when it is drawn: a `begin` of 0 would be counted from the drawing's own first moment. */
function begin(element: SVGElement | null): void {
  (element as unknown as SVGAnimationElement | null)?.beginElement();
}
