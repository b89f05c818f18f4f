import type { StandardJSONSchemaV1 } from "@standard-schema/spec";
import type { AnyPlugin } from "../define-plugin.ts";
import type { JsonSchema } from "./json-schema.ts";

/** What a plugin in this realm is configured with, as its own library says it by Standard JSON Schema; undefined where it has nothing, or cannot say. */
export function schemaOf({ config }: Pick<AnyPlugin, "config">): JsonSchema | undefined {
  const standard = config?.["~standard"] as Partial<StandardJSONSchemaV1.Props> | undefined;
  try {
    return standard?.jsonSchema?.input({ target: "draft-2020-12" }) as JsonSchema | undefined;
  } catch {
    // A transformation, or a check by code: the plugin says what is wrong when it starts.
    return undefined;
  }
}
