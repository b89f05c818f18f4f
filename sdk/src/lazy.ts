/**
 * Loads once, also for those who ask at the same time; a load that failed is tried again by whoever asks next.
 * An `import()` that is called anew costs tens of microseconds each time, also when its module is long there.
 */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((thrown: unknown) => {
      loading = undefined;
      throw thrown;
    });
    return loading;
  };
}
