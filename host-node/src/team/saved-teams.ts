import { type KeyValue, OrreryError, type Team, team } from "@orrery/sdk";
import { z } from "zod";

const version = z.object({ team, savedAt: z.number() });
const kept = z.object({ versions: z.array(version).min(1) });
const mostVersions = 50;

export interface SavedTeam {
  team: Team;
  savedAt: number;
  /** How often it was changed and saved, the first time included. */
  versions: { team: Team; savedAt: number }[];
}

/** Teams kept by name, each with its earlier versions. */
export class SavedTeams {
  readonly #store: KeyValue;
  readonly #now: () => number;

  constructor(store: KeyValue, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Keeps a version when it says something new; the last 50 are kept. */
  async save(given: Team, name = given.name): Promise<SavedTeam> {
    const named = { ...given, name };
    const before = (await this.get(name))?.versions ?? [];
    const same = JSON.stringify(before.at(-1)?.team) === JSON.stringify(named);
    const versions = same ? before : [...before, { team: named, savedAt: this.#now() }].slice(-mostVersions);
    await this.#store.set(keyOf(name), { versions } as never);
    return savedOf(versions);
  }

  async get(name: string): Promise<SavedTeam | undefined> {
    const found = kept.safeParse(await this.#store.get(keyOf(name)));
    return found.success ? savedOf(found.data.versions) : undefined;
  }

  /** Throws TEAM_NOT_FOUND. */
  async need(name: string): Promise<SavedTeam> {
    const found = await this.get(name);
    if (found) return found;
    throw new OrreryError("TEAM_NOT_FOUND", `there is no team file and no saved team "${name}"`, {
      todo: "Check the path; `orrery team list` shows what is saved.",
    });
  }

  async list(): Promise<SavedTeam[]> {
    const rows = await this.#store.list("team/");
    return rows.flatMap(({ value }) => {
      const found = kept.safeParse(value);
      return found.success ? [savedOf(found.data.versions)] : [];
    });
  }

  async remove(name: string): Promise<void> {
    await this.need(name);
    await this.#store.delete(keyOf(name));
  }
}

const keyOf = (name: string): string => `team/${name}`;
const savedOf = (versions: SavedTeam["versions"]): SavedTeam => ({ ...(versions.at(-1) as SavedTeam["versions"][number]), versions });
