import type { Row } from "../scene.ts";
import { circular } from "./circular.ts";
import { dag } from "./dag.ts";
import { debate } from "./debate.ts";
import { forest } from "./forest.ts";
import { grid } from "./grid.ts";
import { hierarchical } from "./hierarchical.ts";
import { hybrid } from "./hybrid.ts";
import { maker } from "./maker.ts";
import { mesh } from "./mesh.ts";
import { mixtureOfAgents } from "./mixture-of-agents.ts";
import { parallel } from "./parallel.ts";
import { sequential } from "./sequential.ts";
import { star } from "./star.ts";

const rows: readonly Row[] = [sequential, parallel, hierarchical, dag, mixtureOfAgents, debate, mesh, star, circular, grid, forest, maker, hybrid];

/** The row of the specification for this id; undefined for a topology of somebody else's. */
export const rowOf = (id: string): Row | undefined => rows.find((row) => row.id === id);
