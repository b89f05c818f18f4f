import { expect, it } from "vitest";
import { z } from "zod";
import { assertSettings, isSecret, type JsonSchema } from "./index.ts";

const schema = z.toJSONSchema(
  z.object({
    word: z.string().min(2).max(5).default("Hello"),
    times: z.int().min(1).max(10).optional(),
    share: z.number().positive().optional(),
    mood: z.enum(["warm", "cold"]).optional(),
    names: z.array(z.string()).optional(),
    rules: z.record(z.string(), z.object({ max: z.number() })).optional(),
    most: z.union([z.int(), z.null()]).optional(),
    key: z.string().min(8).meta({ writeOnly: true }).optional(),
    needed: z.string(),
  }),
  { io: "input" },
) as JsonSchema;
const said = (value: object, of: JsonSchema = schema, stranger = true): string | undefined => {
  try {
    assertSettings({ id: "acme.x", schema: of, stranger }, value as never);
    return undefined;
  } catch (thrown) {
    const { code, message, todo } = thrown as { code: string; message: string; todo: string };
    expect(todo).toMatch(/./);
    return `${code} ${message}`;
  }
};

it("what does not fit is told with its place, what was expected and what was given", () => {
  expect(said({ word: "Hey", times: 3, share: 0.5, mood: "cold", names: ["a"], rules: { a: { max: 1 } }, most: null, key: "12345678" })).toBeUndefined();
  // What is needed and not said yet is no fault of what is said.
  expect(said({})).toBeUndefined();
  expect(said({ times: 11 })).toBe("SETTINGS_INVALID the setting times of acme.x: expected a whole number from 1 to 10, and was given 11");
  expect(said({ times: "many" })).toBe('SETTINGS_INVALID the setting times of acme.x: expected a whole number from 1 to 10, and was given "many"');
  expect(said({ word: "H" })).toBe('SETTINGS_INVALID the setting word of acme.x: expected text of 2 to 5 characters, and was given "H"');
  expect(said({ share: 0 })).toBe("SETTINGS_INVALID the setting share of acme.x: expected a number above 0, and was given 0");
  expect(said({ mood: "hot" })).toBe('SETTINGS_INVALID the setting mood of acme.x: expected "warm" or "cold", and was given "hot"');
  expect(said({ names: ["a", 2] })).toBe("SETTINGS_INVALID the setting names.1 of acme.x: expected text, and was given 2");
  expect(said({ rules: { "a/b": { max: "x" } } })).toBe('SETTINGS_INVALID the setting rules.a/b.max of acme.x: expected a number, and was given "x"');
  expect(said({ rules: { a: {} } })).toBe('SETTINGS_INVALID the setting rules.a of acme.x: "max" is missing in it');
  expect(said({ most: "x" })).toBe('SETTINGS_INVALID the setting most of acme.x: expected a whole number or null, and was given "x"');
  expect(said({ wrod: "Hey" })).toBe('SETTING_UNKNOWN acme.x has no setting "wrod"');
  expect(said({ word: "x".repeat(100_001) })).toMatch(/more than 100000 characters/);
});

it("a secret is in no message", () => {
  expect(said({ key: "short" })).toBe("SETTINGS_INVALID the setting key of acme.x: expected text of at least 8 characters");
  const servers = { type: "object", additionalProperties: { type: "object", properties: { token: { type: "string", format: "password" } } } };
  expect(isSecret(servers)).toBe(true);
  expect(said({ servers: { a: { token: 4711 } } }, { properties: { servers } })).not.toContain("4711");
});

it("a stranger's schema cannot hold the host up: its patterns are left to its plugin, and one that stands for too much is not followed", () => {
  const slow = {
    properties: { word: { type: "string", pattern: "^(a+)+$" }, pattern: { type: "string" } },
    patternProperties: { "^(b+)+$": { type: "number" } },
  };
  expect(said({ word: `${"a".repeat(60)}!`, pattern: "x", [`${"b".repeat(60)}!`]: 1 }, { ...slow, additionalProperties: false })).toBeUndefined();
  expect(said({ pattern: 7 }, slow)).toBe("SETTINGS_INVALID the setting pattern of acme.x: expected text, and was given 7");
  expect(said({ word: "b" }, { properties: { word: { type: "string", pattern: "^a$" } } }, false)).toBe(
    'SETTINGS_INVALID the setting word of acme.x: expected text that fits /^a$/, and was given "b"',
  );
  const laughs = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`l${i}`, i === 59 ? { type: "number" } : { allOf: [{ $ref: `#/$defs/l${i + 1}` }, { $ref: `#/$defs/l${i + 1}` }] }]),
  );
  expect(said({ a: 1 }, { $defs: laughs, properties: { a: { $ref: "#/$defs/l0" } } })).toBeUndefined();
  expect(said({ a: 1 }, { properties: { a: { $ref: "#" } }, $ref: "#" })).toBeUndefined();
  expect(said({ a: 1 }, { properties: { a: { $ref: "#/$defs/nowhere" } } })).toBeUndefined();
});

it("a reference within the schema is followed, also where it is told in words", () => {
  const of = { $defs: { mood: { enum: ["warm", "cold"] } }, properties: { mood: { $ref: "#/$defs/mood" } } };
  expect(said({ mood: "hot" }, of)).toBe('SETTINGS_INVALID the setting mood of acme.x: expected "warm" or "cold", and was given "hot"');
});
