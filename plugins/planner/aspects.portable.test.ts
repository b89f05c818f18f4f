import { describe, expect, it } from "vitest";
import { aspectsOf } from "./aspects.ts";

describe("the aspects of a request", () => {
  it("finds two questions in one sentence and keeps what the second leans on", () => {
    expect(aspectsOf("How does the plugin system isolate errors, and what are its limits?")).toEqual([
      "How does the plugin system isolate errors",
      "what are its limits? (How does the plugin system isolate errors)",
    ]);
  });
  it("leaves a single request whole", () => {
    expect(aspectsOf("Compare the two storage engines and their costs")).toEqual(["Compare the two storage engines and their costs"]);
  });
  it("takes each sentence as an aspect of its own", () => {
    expect(aspectsOf("When is the launch? Who pays for it?")).toEqual(
      ["When is the launch?", "Who pays for it? (When is the launch?)"].map((aspect, i) => (i === 0 ? aspect : expect.stringContaining("Who pays for it?"))),
    );
  });
  it("folds what is too much into the last", () => {
    const many = aspectsOf("What is a? What is b? What is c? What is d? What is e?", 3);
    expect(many).toHaveLength(3);
    expect(many[2]).toContain("What is e?");
  });
  it("never comes back empty", () => {
    for (const text of ["?", " x ", "why", "\u0000", "，，"]) expect(aspectsOf(text).length).toBeGreaterThan(0);
  });
});
