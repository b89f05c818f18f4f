import { team } from "@orrery/sdk";
import { z } from "zod";

const path = z
  .string()
  .min(1)
  .max(1_000)
  .refine((name) => !name.startsWith("/") && !name.split(/[\\/]/).includes("..") && !name.includes("\0"), "a relative path without ..");

/** `POST /api/runs`, and the socket's `submit`. */
export const submitRequest = z.strictObject({
  task: z.string().max(100_000).describe("What to do, in plain words"),
  documents: z
    .array(
      z
        .strictObject({ path, text: z.string().optional(), base64: z.base64().optional() })
        .refine(({ text, base64 }) => text === undefined || base64 === undefined, "either text or base64"),
    )
    .max(5_000)
    .optional()
    .describe("Documents handed over with the request"),
  docs: z.array(z.string().min(1).max(4_000)).max(100).optional().describe("Files and folders of the server's machine"),
  topology: z.string().min(1).max(200).optional(),
  team: team.optional(),
  agents: z.int().min(1).max(64).optional().describe("A team of at most this many agents"),
  model: z
    .string()
    .regex(/^[a-z0-9-]+\/.+$/, "provider/model")
    .max(300)
    .optional()
    .describe("Every step goes to this model; asking for one agrees to pay for it, up to the cap"),
  budget: z.number().nonnegative().max(10_000).optional().describe("US dollars; giving a budget agrees to spend up to it"),
  documentBytes: z.int().nonnegative().optional().describe("Of a forecast: bytes of the documents that are not handed over yet"),
  thread: z.string().min(1).max(200).optional().describe("Continue this conversation"),
});
export type CheckedSubmit = z.infer<typeof submitRequest>;
