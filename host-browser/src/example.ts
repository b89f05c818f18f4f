import { type InputFile, OrreryError } from "@orrery/sdk";

interface Description {
  task: string;
  documents: { path: string; title: string }[];
}

/** The example task and its documents, served beside the page under `assets/example/`. */
export class Example {
  readonly #base: string;

  constructor(base: string) {
    this.#base = new URL("assets/example/", base).href;
  }

  /** Undefined when the page was built without one or it cannot be fetched now. */
  async describe(): Promise<Description | undefined> {
    try {
      const answer = await fetch(new URL("index.json", this.#base));
      return answer.ok ? ((await answer.json()) as Description) : undefined;
    } catch {
      return undefined;
    }
  }

  async load(): Promise<{ task: string; files: InputFile[] }> {
    const description = await this.describe();
    if (!description) throw new OrreryError("EXAMPLE_MISSING", "The example could not be fetched", { todo: "Go online once, or drop documents of your own." });
    const files = await Promise.all(
      description.documents.map(async ({ path }) => {
        const answer = await fetch(new URL(path.split("/").map(encodeURIComponent).join("/"), this.#base));
        if (!answer.ok)
          throw new OrreryError("EXAMPLE_MISSING", `The example's document ${path} could not be fetched (${answer.status})`, {
            todo: "Go online once, or drop documents of your own.",
          });
        return { path, bytes: new Uint8Array(await answer.arrayBuffer()) };
      }),
    );
    return { task: description.task, files };
  }
}
