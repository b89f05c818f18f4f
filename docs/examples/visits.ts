import { definePlugin, Storage, token } from "@orrery/sdk";

/** What the plugin offers to others. Only the id is shared: two copies of this line are the same token. */
export interface Visits {
  count(workspace: string): Promise<number>;
}
export const Visits = token<Visits>("acme.visits@1");

/** Counts the tasks of a workspace in its own corner of the host's store. */
export default definePlugin({
  manifest: { id: "acme.visits", version: "1.0.0", api: "^1.0" },
  requires: { storage: Storage },
  provides: [Visits],
  setup({ use, plugin, provide, tap }) {
    const store = use.storage.open(plugin.id);
    provide(Visits, { count: async (workspace) => (await store.increment(workspace, 0)).value });
    tap("task.finish", async ({ task }) => {
      await store.increment(task.workspace, 1);
    });
  },
});
