// What names there are: the tree, filled from the index when a name is first asked for, and from an archive's listing when something below it is. A
// failure is not remembered: the next to ask tries again.

import type { Log } from "../../lib/ts/log.ts";
import { decodeText } from "../../lib/ts/text.ts";
import type { Archives } from "./archives.ts";
import type { Fetching } from "./fetching.ts";
import { parseIndex } from "./image-format.ts";
import type { Inode, Tree } from "./tree.ts";

export class Names {
  private indexed = false;
  constructor(readonly tree: Tree, private readonly index: string, private readonly fetching: Fetching, private readonly archives: Archives, private readonly log: Log) {}

  /** Whether the entries of a directory are known. */
  isKnown(directory: Inode): boolean { return this.indexed && (directory.archive?.expanded ?? true); }

  /** Learn them; `done` is told whether that succeeded. */
  learn(directory: Inode, done: (known: boolean) => void): void {
    if (!this.indexed) this.readIndex((read) => { if (read) this.learn(directory, done); else done(false); });
    else if (directory.archive && !directory.archive.expanded) this.archives.expand(directory.archive, done);
    else done(true);
  }

  /** Fetch the index before anyone asks. */
  readIndex(done: (read: boolean) => void): void {
    if (this.indexed) { done(true); return; }
    this.fetching.get(this.index, 0, (fetched) => {
      if (this.indexed) { done(true); return; }
      const index = "fault" in fetched ? fetched : parseIndex(decodeText(fetched));
      if ("fault" in index) { this.log.warn(`${this.index}: ${index.fault}`); done(false); return; }
      const left = this.tree.addIndex(index.entries);
      if (left.length > 0) this.log.warn(`${this.index}: left out ${left.join(", ")}`);
      this.indexed = true;
      done(true);
    });
  }
}
