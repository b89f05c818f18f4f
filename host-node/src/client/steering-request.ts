import { z } from "zod";

const gate = z.string().min(1).max(200).describe("The gate's name, as GET /api/waiting gives it");
const note = z.string().max(4_000).optional().describe("Said with the decision");

/** `POST /api/runs/{id}/steer`, and the socket's `steer`. */
export const steering = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("pause") }),
  z.strictObject({ do: z.literal("resume") }),
  z.strictObject({ do: z.literal("cancel"), reason: z.string().max(4_000).optional() }),
  z.strictObject({ do: z.literal("redirect"), instruction: z.string().min(1).max(20_000).describe("Reaches every step that starts later") }),
  z.strictObject({ do: z.literal("approve"), gate, note }),
  z.strictObject({ do: z.literal("deny"), gate, note }),
]);

/** `POST /api/runs/{id}/fork`, and the socket's `fork`. */
export const forkRequest = z.strictObject({
  at: z.string().min(1).max(400).optional().describe("Path of the first step to be done anew"),
  topology: z.string().min(1).max(200).optional(),
  model: z
    .string()
    .regex(/^[a-z0-9-]+\/.+$/, "provider/model")
    .max(300)
    .optional(),
  task: z.string().max(100_000).optional(),
});
