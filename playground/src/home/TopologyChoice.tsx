import { usePlugins } from "../client/queries.ts";

const prefix = "orrery.topology.";
export interface Word {
  word: string;
  description: string;
}

/** The topologies that are installed and at work, by the word a task names them by. */
export function useTopologies(): Word[] {
  const { data = [] } = usePlugins();
  return data.flatMap(({ state, provides, description = "" }) => {
    const service = state === "active" ? provides.find((id) => id.startsWith(prefix)) : undefined;
    return service === undefined ? [] : [{ word: service.slice(prefix.length).replace(/@\d+$/, ""), description }];
  });
}

/** What each word does, in a line, to be chosen there. */
export function TopologyWords({ words, chosen, onChoose }: { words: Word[]; chosen: string; onChoose(word: string): void }) {
  if (words.length === 0) return null;
  return (
    <details className="text-13 text-muted">
      <summary className="w-fit min-h-6 hover:text-fg">{words.length} ways to work together, in a line each</summary>
      <ul className="grid grid-cols-1 gap-x-6 gap-y-1 pt-2 md:grid-cols-2">
        {words.map(({ word, description }) => (
          <li key={word}>
            <button
              type="button"
              aria-pressed={word === chosen}
              onClick={() => onChoose(word === chosen ? "" : word)}
              className="w-full rounded-8 border border-transparent px-2 py-1 text-start hover:bg-raised aria-pressed:border-accent"
            >
              <span className="font-medium text-fg">{word}</span> {description}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
