import { docs } from "../lib/docs.mjs";

/** The generated pages and the code quoted in the others are what the sources say. */
export const generatedDocs = {
  name: "generated docs",
  async run({ update }) {
    const { differing, pages } = await docs({ write: update });
    return { failures: update ? [] : differing.map((page) => `${page} no longer matches the code: run node scripts/docs.mjs`), summary: `${pages} pages` };
  },
};
