import type { KeyValue } from "@orrery/sdk";

/** Vectors that outlive the process, in segments: one entry a batch, `seg/<id>` naming its texts by digest and `vec/<id>` holding the floats. */
export function vectorShelf(store: KeyValue, model: string, dimensions: number, limit: number) {
  let index: Promise<Map<string, { segment: string; at: number }>> | undefined;
  const prefix = `seg/${model}/`;

  async function open(): Promise<Map<string, { segment: string; at: number }>> {
    const found = new Map<string, { segment: string; at: number }>();
    for (const { key, value } of await store.list(prefix))
      if (Array.isArray(value)) value.forEach((digest, at) => found.set(String(digest), { segment: key.slice(prefix.length), at }));
    return found;
  }

  return {
    async read(texts: readonly string[]): Promise<Map<string, Float32Array>> {
      index ??= open();
      const known = await index;
      const out = new Map<string, Float32Array>();
      const segments = new Map<string, Float32Array | undefined>();
      if (known.size === 0) return out;
      for (const text of texts) {
        const place = known.get(await digestOf(text));
        if (!place) continue;
        if (!segments.has(place.segment)) segments.set(place.segment, floats(await store.getBytes(`vec/${model}/${place.segment}`)));
        const vector = segments.get(place.segment)?.slice(place.at * dimensions, (place.at + 1) * dimensions);
        if (vector?.length === dimensions) out.set(text, vector);
      }
      return out;
    },
    /** Adds a segment; past `limit` vectors the store begins anew, which costs time and loses nothing else. */
    async write(vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
      index ??= open();
      const known = await index;
      if (known.size + vectors.size > limit) {
        for (const segment of new Set([...known.values()].map((place) => place.segment)))
          await Promise.all([store.delete(prefix + segment), store.delete(`vec/${model}/${segment}`)]);
        known.clear();
      }
      const digests = await Promise.all([...vectors.keys()].map(digestOf));
      const all = new Float32Array(vectors.size * dimensions);
      [...vectors.values()].forEach((vector, at) => all.set(vector, at * dimensions));
      const segment = await digestOf(digests.join());
      await store.setBytes(`vec/${model}/${segment}`, new Uint8Array(all.buffer));
      await store.set(prefix + segment, digests);
      digests.forEach((digest, at) => known.set(digest, { segment, at }));
    },
  };
}

const floats = (bytes: Uint8Array | undefined): Float32Array | undefined =>
  bytes && bytes.byteLength % 4 === 0 ? new Float32Array(bytes.slice().buffer) : undefined;

async function digestOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
