// Tar archives: their listing, which names need, and their bytes, which contents need. An archive's bytes are kept once they are here (its members
// lie in them); listings come from the build where there are any, so that looking names up does not fetch 30 MB.

import type { Log } from "../../lib/ts/log.ts";
import { decodeText } from "../../lib/ts/text.ts";
import type { Fetched, Fetching } from "./fetching.ts";
import { parseListing, type TarListing } from "./image-format.ts";
import { CorruptArchive, tarListing } from "./tar.ts";
import type { ArchiveNode, Tree } from "./tree.ts";

export class Archives {
  private readonly kept = new Map<string, Uint8Array>();
  constructor(private readonly fetching: Fetching, private readonly tree: Tree, private readonly log: Log) {}

  /** Put the members of an archive into the tree. `done` is told whether they are there. */
  expand(archive: ArchiveNode, done: (expanded: boolean) => void): void {
    const take = (fetched: Fetched, read: (bytes: Uint8Array) => TarListing | { readonly fault: string }): void => {
      if (archive.expanded) { done(true); return; }
      const listing = "fault" in fetched ? fetched : read(fetched);
      if ("fault" in listing) { this.log.warn(`${archive.listing ?? archive.tar}: ${listing.fault}`); done(false); return; }
      const left = this.tree.addListing(archive, listing);
      if (left.length > 0) this.log.warn(`${archive.tar}: left out ${left.length} members, ${left[0]} first`);
      done(true);
    };
    if (archive.listing !== undefined) this.fetching.get(archive.listing, 0, (fetched) => take(fetched, (bytes) => parseListing(decodeText(bytes))));
    else this.bytes(archive, (fetched) => take(fetched, listed));
  }

  bytes(archive: ArchiveNode, done: (fetched: Fetched) => void): void {
    const known = this.kept.get(archive.tar);
    if (known) { done(known); return; }
    this.fetching.get(archive.tar, archive.size, (fetched) => {
      if (!("fault" in fetched)) this.kept.set(archive.tar, fetched);
      done(fetched);
    });
  }
}

function listed(bytes: Uint8Array): TarListing | { readonly fault: string } {
  try { return tarListing(bytes); } catch (error) {
    if (error instanceof CorruptArchive) return { fault: error.message };
    throw error;
  }
}
