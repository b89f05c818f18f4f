import { OrreryError, spendingOf } from "@orrery/sdk";
import { tallyOf } from "@orrery/sdk/package";
import { storageOf } from "@orrery/sdk/sandbox";
import { Dexie } from "dexie";
import { arriving, type PackageRow, type StateDatabase } from "../database.ts";

/** The installed plugins as this browser keeps them, with everything that goes when one of them goes. */
export class PackageRows {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  all(): Promise<PackageRow[]> {
    return this.#state.packages.orderBy("id").toArray();
  }

  find(id: string): Promise<PackageRow | undefined> {
    return this.#state.packages.get(id);
  }

  /** Throws PACKAGE_UNKNOWN. */
  async get(id: string): Promise<PackageRow> {
    const row = await this.find(id);
    if (row) return row;
    throw new OrreryError("PACKAGE_UNKNOWN", `no package "${id}" is installed here`, { todo: "Look at the list of what is.", refusal: true });
  }

  /** From now on it may keep something, and is not installed yet. */
  async arrive(id: string): Promise<void> {
    await this.#state.values.put({ ns: arriving, key: id, value: true });
  }

  /** Ids of those whose installation was not brought to its end. */
  async unfinished(): Promise<string[]> {
    const marks = await this.#state.values.where("[ns+key]").between([arriving, Dexie.minKey], [arriving, Dexie.maxKey]).toArray();
    return marks.map(({ key }) => key);
  }

  /** From here on it is installed. */
  put(row: PackageRow): Promise<void> {
    const { packages, values } = this.#state;
    return this.#state.transaction("rw", packages, values, async () => {
      await packages.put(row);
      await values.delete([arriving, row.id]);
    });
  }

  /** In quarantine, if it is still these very bytes that are installed. */
  async hold(id: string, integrity: string, held: NonNullable<PackageRow["held"]>): Promise<void> {
    await this.#state.packages
      .where("id")
      .equals(id)
      .and(({ installed }) => installed.integrity === integrity)
      .modify({ held });
  }

  /** Its row and everything it kept go together. */
  forget(id: string): Promise<void> {
    const { packages, values } = this.#state;
    return this.#state.transaction("rw", packages, values, async () => {
      for (const ns of [storageOf(id), tallyOf(id), spendingOf(id)]) await values.where("[ns+key]").between([ns, Dexie.minKey], [ns, Dexie.maxKey]).delete();
      await values.delete([arriving, id]);
      await packages.delete(id);
    });
  }

  /** Nothing is left of those of them that are not installed. */
  async sweep(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (!(await this.find(id))) await this.forget(id);
  }
}
