import { describeAttacks, limits } from "./describe-attacks.ts";
import { engineOfThisPage } from "./tab-engine.ts";

describeAttacks("in a frame of the tab", () => engineOfThisPage({ warm: 2, limits }));
