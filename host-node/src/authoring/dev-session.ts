import type { Clock } from "@orrery/sdk";
import { failureOf } from "../cli/failure.ts";
import { type BundledPlugin, bundlePlugin } from "../packages/bundle-plugin.ts";
import type { DevHost, DevNews } from "./dev-news.ts";

export interface DevParts {
  readonly path: string;
  readonly clock: Clock;
  /** Opens the host it is loaded into, which tells its news to the function it is given. */
  open(tell: (news: DevNews) => void): Promise<DevHost>;
  tell(news: DevNews): void;
}

/** The author's side of a plugin in the making: bundles it as its source changes, hands it to a host, and tells that host's news with places of the source. */
export class DevSession {
  readonly #parts: DevParts;
  readonly #host: DevHost;
  #bundle: BundledPlugin | undefined;
  /** When the source became what is loaded, and whether a hook of that has fired yet. */
  #changed = 0;
  #fired = false;
  #runs = false;

  static async open(parts: DevParts): Promise<DevSession> {
    const heard: { session?: DevSession } = {};
    const host = await parts.open((news) => {
      if (heard.session) heard.session.#hear(news);
    });
    heard.session = new DevSession(parts, host);
    return heard.session;
  }

  private constructor(parts: DevParts, host: DevHost) {
    this.#parts = parts;
    this.#host = host;
  }

  /** Bundles and loads what the source is now; `changed` is when it became that, by the clock's `elapsed`. True when it runs. */
  async load(changed = this.#parts.clock.elapsed()): Promise<boolean> {
    this.#changed = changed;
    this.#fired = false;
    try {
      this.#bundle = await bundlePlugin(this.#parts.path);
    } catch (thrown) {
      this.#parts.tell({ is: "broken", ...failureOf(thrown), kept: this.#runs });
      return false;
    }
    for (const message of this.#bundle.warnings) this.#parts.tell({ is: "warning", message });
    return this.#host.load(this.#bundle.code);
  }

  run(task?: string): Promise<void> {
    return this.#host.run(task);
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  #hear(news: DevNews): void {
    const { tell, clock } = this.#parts;
    const sinceMs = clock.elapsed() - this.#changed;
    if (news.is === "loaded") {
      this.#runs = true;
      return tell({ ...news, ms: sinceMs });
    }
    if (news.is === "fired" && !this.#fired) {
      this.#fired = true;
      return tell({ ...news, sinceMs });
    }
    if (news.is === "broken") {
      this.#runs = news.kept;
      return tell({ ...news, message: this.#placed(news.message) });
    }
    if (news.is === "stopped") return tell({ ...news, message: this.#placed(news.message) });
    return tell(news.is === "fault" ? { ...news, at: this.#placed(news.at) } : news);
  }

  /** Places of the bundle in a text, as places of the source. */
  #placed(text: string): string {
    return this.#bundle?.placed(text) ?? text;
  }
}
