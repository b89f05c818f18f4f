export { startTab, type TabClient } from "./tab.ts";
export { ClientError } from "./client-error.ts";
export type { GuestMessage } from "./guests.ts";
