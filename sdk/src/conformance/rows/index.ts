import type { Row } from "../scene.ts";
import { dag } from "./dag.ts";
import { hybrid } from "./hybrid.ts";
import { maker } from "./maker.ts";
import { parallel } from "./parallel.ts";
import { sequential } from "./sequential.ts";

const rows: readonly Row[] = [sequential, parallel, dag, maker, hybrid];

/** The row of the specification for this id; undefined for a topology of somebody else's. */
export const rowOf = (id: string): Row | undefined => rows.find((row) => row.id === id);
