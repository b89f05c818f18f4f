import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageInvalid, nesting, readMessage, writeMessage } from "./message.ts";

const read = (text: unknown) => readMessage(text, 10_000);

describe("a guest's text", () => {
  it("is a message when it has the form of one", () => {
    expect(read('{"kind":"reply","id":3,"ok":true,"value":{"a":[1]}}')).toEqual({ kind: "reply", id: 3, ok: true, value: { a: [1] } });
    expect(read('{"kind":"tap","id":0,"hook":"step.after","order":{"phase":"observe","after":["a.b"]}}')).toMatchObject({ hook: "step.after" });
  });
  it.each([
    ["no text", 7],
    ["no JSON", "{"],
    ["an array", "[]"],
    ["no kind", "{}"],
    ["a kind of its own", '{"kind":"exec","id":1}'],
    ["a kind every object has", '{"kind":"constructor"}'],
    ["a fraction for an id", '{"kind":"untap","id":1.5}'],
    ["a negative id", '{"kind":"untap","id":-1}'],
    ["an id beyond the safe integers", '{"kind":"untap","id":9007199254740993}'],
    ["a failure without words", '{"kind":"reply","id":1,"ok":false,"code":"X"}'],
    ["a phase there is not", '{"kind":"tap","id":1,"hook":"x","order":{"phase":"first"}}'],
    ["arguments that are no list", '{"kind":"call","id":1,"target":"hook","name":"x","args":{}}'],
    ["a key __proto__", '{"kind":"reply","id":1,"ok":true,"value":{"__proto__":{"admin":true}}}'],
    ["a key __proto__ in disguise", '{"kind":"reply","id":1,"ok":true,"value":[{"\\u005f_proto__":1}]}'],
    ["too many characters", JSON.stringify({ kind: "log", level: "info", message: "x".repeat(10_000) })],
    ["too many levels", `{"kind":"reply","id":1,"ok":true,"value":${"[".repeat(100_000 - 90_100)}${"]".repeat(9)}}`],
  ])("with %s is refused", (_what, text) => {
    expect(() => read(text)).toThrow(MessageInvalid);
  });
  it("100,000 levels deep is refused before anything parses it", () => {
    const deep = `{"kind":"reply","id":1,"ok":true,"value":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(() => readMessage(deep, 1_000_000)).toThrow(/64 levels/);
  });
  it("never does anything but become a message or be refused", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((value) => `{"kind":"reply","id":1,"ok":true,"value":${value}}`),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          expect(typeof readMessage(given, 100_000).kind).toBe("string");
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(MessageInvalid);
        }
        expect(({} as { admin?: unknown }).admin).toBeUndefined();
      }),
    );
  });
  it("has the nesting its parsed value has", () => {
    const depth = (value: unknown): number => (typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0);
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => nesting(JSON.stringify(value)) === depth(value)));
  });
});

describe("what goes in", () => {
  it("is refused when it cannot be written or is too large", () => {
    expect(() => writeMessage({ kind: "reply", now: 1, id: 1, ok: true, value: 1n } as never, 1_000)).toThrow(MessageInvalid);
    expect(() => writeMessage({ kind: "reply", now: 1, id: 1, ok: true, value: "x".repeat(1_000) }, 1_000)).toThrow(/characters/);
  });
});
