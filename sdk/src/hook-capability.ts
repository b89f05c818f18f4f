/** Hooks whose tap needs a capability of its own: what is answered there reaches a person's eyes. */
const needed: { readonly [hook: string]: string } = { "ui.view": "ui.view" };

type Admission = { can(capability: string): boolean; require(capability: string): void };

/** `fn`, silent as long as the capability its hook needs is not granted; each time that keeps it silent is a denial on record. */
export function admitted<F extends (...args: never[]) => unknown>(hook: string, fn: F, context: Admission): F {
  const capability = needed[hook];
  if (capability === undefined) return fn;
  return ((...args: never[]) => {
    if (context.can(capability)) {
      context.require(capability);
      return fn(...args);
    }
    try {
      context.require(capability);
    } catch {
      // Recorded: that is all that was wanted.
    }
    return undefined;
  }) as F;
}
