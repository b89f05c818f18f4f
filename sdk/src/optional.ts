import type { Disposer, Token } from "@orrery/kernel";

type When<T> = (
  tokens: { service: Token<T> },
  open: (context: { readonly use: { readonly service: T }; own(label: string, dispose: () => void): unknown }) => void,
) => Disposer;

/** A service that a plugin does without when it is not there: what there is of it now, asked each time. */
export function optional<T>(when: When<T>, service: Token<T>): () => T | undefined {
  let now: T | undefined;
  when({ service }, ({ use, own }) => {
    now = use.service;
    own(service.id, () => {
      now = undefined;
    });
  });
  return () => now;
}
