import { team } from "@orrery/sdk";
import { z } from "zod";

type Node = { [key: string]: unknown };

/** What an editor says of a key while a person writes a team file. By place; `[]` is any element. */
const descriptions: Readonly<Record<string, string>> = {
  name: "What the team is called; runs and saved teams are found by it",
  agents: "Who works on the task, in an order that some topologies use",
  "agents[].id": "The agent's name in edges, gates and reports: lower case letters, digits and dashes",
  "agents[].role": "What it is to its colleagues, as: researcher",
  "agents[].prompt": "What a generative model is told",
  "agents[].skill": "What an engine with built-in skills does: research, check, write, critique, summarise, compare, vote, plan, judge",
  "agents[].focus": "The aspect of the task it is answerable for; the whole task when absent",
  "agents[].tools": "Tools it may call, by name (`orrery tools` lists them); nothing else is offered to it",
  "agents[].model": "The model preferred for it, as provider/model",
  "agents[].memory": "Whether it remembers, over runs, what it said, and alone sees it; yes when absent",
  "agents[].output": "A JSON Schema its answer must fit",
  topology: "How the team works together; `--topology` says otherwise for one run",
  "topology.id": "sequential, parallel, dag …: `orrery plugins` lists them",
  "topology.config": "Settings of the topology, as docs/topologies.md has them; typed edges go here",
  criteria: "What the outcome is judged by",
  "criteria[].rule": "A rule a judge can measure: max-words, min-words, min-sections, contains, excludes",
  "criteria[].value": "The rule's value",
  budget: "US dollars a run of this team may cost at most; `--budget` says otherwise for one run",
};

/** The JSON Schema (2020-12) of a team file, for editors. */
export function teamSchema(): Node {
  const schema = z.toJSONSchema(team, { io: "input" }) as Node;
  for (const [place, description] of Object.entries(descriptions)) {
    const node = nodeAt(schema, place.split(/\.|(?=\[\])/));
    if (node) node["description"] = description;
  }
  (schema["properties"] as Node)["$schema"] = { type: "string", description: "Where this schema is, for the editor" };
  return { $schema: schema["$schema"], title: "A team of Orrery", ...schema };
}

/** The keys a mapping at this place of a team file may have; undefined where any may stand. */
export function keysAt(path: readonly PropertyKey[]): string[] | undefined {
  const node = nodeAt(
    z.toJSONSchema(team, { io: "input" }) as Node,
    path.map((part) => (typeof part === "number" ? "[]" : String(part))),
  );
  return node?.["properties"] ? Object.keys(node["properties"]) : undefined;
}

const nodeAt = (schema: Node, path: readonly string[]): Node | undefined =>
  path.reduce<Node | undefined>((node, part) => {
    if (part === "[]") return node?.["items"] as Node | undefined;
    const properties = node?.["properties"] as Node | undefined;
    return properties && Object.hasOwn(properties, part) ? (properties[part] as Node) : undefined;
  }, schema);
