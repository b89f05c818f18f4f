/** The six lines the plugin playground opens with. */
export const starter = `import { definePlugin } from "@orrery/sdk";

export default definePlugin({
  manifest: { id: "me.first-plugin", version: "1.0.0", api: "^1.0" },
  setup({ tap, log }) {
    tap("step.after", (result) => log.info(\`\${result.agent} wrote \${result.text.length} characters\`));
  },
});
`;
