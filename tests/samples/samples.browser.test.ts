import { engineOfThisPage } from "../sandbox/tab-engine.ts";
import { describeSamples } from "./describe-samples.ts";

describeSamples("in the kernel's realm, in a tab");
describeSamples("in the sandbox of a tab", () => engineOfThisPage());
