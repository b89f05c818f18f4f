export { createTestHost, type TestHost, type TestHostOptions } from "./create-test-host.ts";
export { memoryJournal } from "./memory-journal.ts";
export { memoryStorage } from "./memory-storage.ts";
export { testPlatform, type LogLine } from "./test-platform.ts";
export { samples } from "./samples.ts";
export { pluginClaims, type PluginClaim } from "./plugin-claims.ts";
