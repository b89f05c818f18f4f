import { z } from "zod";

/** Money as an integer number of nano-dollars (1 USD = 1e9). Rounded up per call, so that sums never understate. */
export type NanoUsd = number & { readonly __unit?: "nano-usd" };
/** A duration or a wall-clock time in milliseconds. */
export type Millis = number & { readonly __unit?: "ms" };

export const nanoUsd = z.int().nonnegative();
export const millis = z.number().nonnegative();

/** 1 USD → 1e9 nano-dollars, rounded up. */
export const usdToNano = (usd: number): NanoUsd => Math.ceil(Number((usd * 1e9).toPrecision(15)));
/** Nano-dollars → micro-dollars; may be fractional. */
export const nanoToMicro = (nano: NanoUsd): number => nano / 1e3;
export const nanoToUsd = (nano: NanoUsd): number => nano / 1e9;
