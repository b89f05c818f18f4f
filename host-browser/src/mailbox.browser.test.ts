import { mailboxContract } from "../../tests/contracts/mailbox-contract.ts";
import { TabMailbox } from "./mailbox.ts";

let opened = 0;

mailboxContract("a channel between tabs", async () => {
  opened += 1;
  const [mine, theirs] = [new TabMailbox(`mailbox-test-${opened}`), new TabMailbox(`mailbox-test-${opened}`)];
  return {
    mine,
    theirs,
    async close() {
      mine.close();
      theirs.close();
    },
  };
});
