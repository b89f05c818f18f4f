// The SDK's claims about any plugin as a test file of Node's runner: run beside an author's own tests, with the plugin in each realm.
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { AnyPlugin } from "@orrery/sdk";
import { pluginClaims } from "@orrery/sdk/testing";

const { ORRERY_TEST_CLAIMS: file = "", ORRERY_TEST_CONFIG: config } = process.env;
const { default: plugin } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default: AnyPlugin };
for (const { name, check } of pluginClaims) test(name, () => check(plugin, config === undefined ? undefined : JSON.parse(config)));
