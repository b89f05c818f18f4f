import type { Steering } from "@orrery/sdk";
import { useCallback, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries } from "../client/queries.ts";

export interface Steered {
  /** What is being said to the run now. */
  busy: string | undefined;
  failure: unknown;
  /** True once the run has heard it. */
  tell(steering: Steering): Promise<boolean>;
  resume(): Promise<boolean>;
  forget(): void;
}

/** Says things to a run and keeps what went wrong; lists and the inbox are asked again afterwards. */
export function useSteering(run: string): Steered {
  const { client, where } = useKernel();
  const [busy, setBusy] = useState<string>();
  const [failure, setFailure] = useState<unknown>();
  const act = useCallback(
    async (name: string, work: () => Promise<unknown>) => {
      setBusy(name);
      setFailure(undefined);
      try {
        await work();
        return true;
      } catch (thrown) {
        setFailure(thrown);
        return false;
      } finally {
        setBusy(undefined);
        void queries.invalidateQueries({ queryKey: [where, "waiting"] });
        void queries.invalidateQueries({ queryKey: [where, "runs"] });
      }
    },
    [where],
  );
  return {
    busy,
    failure,
    tell: (steering) => act(steering.do, () => client.steer(run, steering)),
    resume: () => act("resume", () => client.resume(run)),
    forget: () => setFailure(undefined),
  };
}
