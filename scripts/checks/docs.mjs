/** The generated pages and the code quoted in the others are what the sources say. */
export const generatedDocs = {
  name: "generated docs",
  async run({ update }) {
    // Reads TypeScript, which the Node that started the checks need not be able to.
    const { docs } = await import("../lib/docs.mjs");
    const { differing, pages } = await docs({ write: update });
    return { failures: update ? [] : differing.map((page) => `${page} no longer matches the code: run node scripts/docs.mjs`), summary: `${pages} pages` };
  },
};
