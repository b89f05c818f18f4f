export { startTab, type TabClient } from "./tab.ts";
export { ClientError } from "./client-error.ts";
export type { GuestLine } from "./sandbox/guests.ts";
export type { Shared } from "./tabs.ts";
