import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { pagePolicy } from "./build/policy.ts";
import { productFilesPlugin, serviceWorkerPlugin } from "./build/product-files.ts";
import { sandboxFilesPlugin } from "./build/sandbox-files.ts";

const root = resolve(import.meta.dirname, "..");

/** In a build only: the development server's own scripts are inline. */
const policyPlugin: Plugin = {
  name: "orrery-policy",
  apply: "build",
  transformIndexHtml: () => [{ tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: pagePolicy }, injectTo: "head-prepend" }],
};

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  // The builds for browsers that have async functions and classes: Dexie's without the wrapper that its package names, tsyringe's without helpers for older ones.
  resolve: {
    alias: {
      dexie: fileURLToPath(new URL("../host-browser/node_modules/dexie/dist/modern/dexie.mjs", import.meta.url)),
      tsyringe: fileURLToPath(new URL("../kernel/node_modules/tsyringe/dist/esm2015/index.js", import.meta.url)),
    },
  },
  plugins: [
    react(),
    tailwind(),
    policyPlugin,
    productFilesPlugin(root),
    sandboxFilesPlugin(root),
    serviceWorkerPlugin(resolve(import.meta.dirname, "build/service-worker.js"), ["theme.js", "egress.html", "egress.js", "favicon.svg"]),
  ],
  worker: { format: "es" },
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2_000 },
});
