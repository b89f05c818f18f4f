import { OrreryError } from "../error.ts";

export interface PluginName {
  /** The folder and package, as `"acme-hello"`. */
  readonly folder: string;
  /** The manifest's id, as `"acme.hello"`: what stands before the first dash is the author. */
  readonly id: string;
}

const shape = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * `"acme-hello"` → folder `acme-hello`, id `acme.hello`; a name without a dash gets the author `my`.
 *
 * @throws OrreryError PLUGIN_NAME_INVALID, PLUGIN_NAME_RESERVED (`orrery-…` is ours).
 */
export function pluginName(name: string): PluginName {
  if (!shape.test(name) || name.length > 64) {
    throw new OrreryError("PLUGIN_NAME_INVALID", `"${name.slice(0, 80)}" is no name for a plugin`, {
      todo: "Write author-name in lower case letters, digits and dashes, at most 64, as acme-hello.",
    });
  }
  const [author = "", ...rest] = name.split("-");
  if (author === "orrery")
    throw new OrreryError("PLUGIN_NAME_RESERVED", `"${name}" would pass for a plugin of Orrery's own`, { todo: "Begin with your own name, as acme-hello." });
  return { folder: name, id: rest.length > 0 ? `${author}.${rest.join("-")}` : `my.${author}` };
}
