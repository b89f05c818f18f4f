import { OrreryError } from "@orrery/sdk";

/** The error itself, or STORAGE_FULL where it comes of the browser's quota: a store tells that as itself, or as a transaction that was given up. */
export function storageFull(thrown: unknown): unknown {
  for (let each = thrown; typeof each === "object" && each !== null; each = (each as { inner?: unknown }).inner)
    if ((each as { name?: unknown }).name === "QuotaExceededError")
      return new OrreryError("STORAGE_FULL", "This browser has no room left for what Orrery keeps: nothing was written", {
        todo: "Make room under Observe → What is kept; a run that was interrupted goes on with Resume.",
        cause: thrown,
      });
  return thrown;
}
