import { describe, expect, it } from "vitest";
import { factsOf, listed, vendors } from "./catalogue.ts";

describe("the catalogue", () => {
  it.each(Object.entries(vendors))("knows the price and context window of every default of %s, and lists them first", async (vendor, { defaults }) => {
    const ids = await listed(vendor);
    expect(ids.slice(0, defaults.length)).toEqual(defaults);
    for (const id of defaults)
      expect(await factsOf(vendor, id)).toMatchObject({
        price: { inputUsdPerMTok: expect.any(Number), outputUsdPerMTok: expect.any(Number) },
        contextTokens: expect.any(Number),
      });
  });

  it("lists nothing that does not answer in text", async () => {
    const ids = (await Promise.all(Object.keys(vendors).map(listed))).flat();
    expect(ids.filter((id) => /audio|image|embed|tts|realtime|whisper/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("knows nothing of a model nobody sells", async () => {
    expect(await factsOf("ollama", "llama3.2:3b")).toEqual({});
    expect(await listed("ollama")).toEqual([]);
  });
});
