import { Classifier, definePlugin } from "@orrery/sdk";

/** `orrery.privacy.classifier`: tells by form and by capitals what of a text is about somebody, on this machine and without a model. */
export default definePlugin({
  manifest: {
    id: "orrery.privacy.classifier",
    version: "0.1.0",
    api: "^1.0",
    title: "Privacy",
    description: "Finds cards, accounts, addresses, numbers and names in a text, rather one too many than one too few.",
  },
  provides: [Classifier],
  setup({ provide }) {
    provide(Classifier, { classify: async (text) => (await import("./classify.ts")).classify(text) });
  },
});
