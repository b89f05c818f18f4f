import type { Json } from "@orrery/kernel";
import { z } from "zod";

export type { Json };

/** Any plain JSON value. Depth and size are capped where data crosses a boundary, not here. */
export const json: z.ZodType<Json> = z.json() as unknown as z.ZodType<Json>;
