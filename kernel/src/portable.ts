/**
 * Plain data: what may cross a hook, a worker or a sandbox. Structured-cloneable, no functions, no class instances.
 * `Portable<T>` is `T` where `T` is plain data and `never` at the first member that is not.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

type Plain = null | undefined | boolean | number | bigint | string | Uint8Array | Float32Array;

export type Portable<T> = T extends Plain ? T : T extends (...args: never[]) => unknown ? never : T extends symbol ? never : { [K in keyof T]: Portable<T[K]> };
