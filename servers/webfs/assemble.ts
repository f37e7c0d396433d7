// Puts the parts of the web file system together. The index is fetched at once, so that it is there when the first name is asked for.

import type { Arguments } from "../../lib/ts/component.ts";
import type { Devices } from "../../lib/ts/devices.ts";
import { Events } from "../../lib/ts/events.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import type { Log } from "../../lib/ts/log.ts";
import { Archives } from "./archives.ts";
import { Contents } from "./contents.ts";
import { Fetching } from "./fetching.ts";
import { INDEX_PATH } from "./image-format.ts";
import { Names } from "./names.ts";
import { Tree } from "./tree.ts";
import { WebfsServer } from "./webfs-server.ts";

/** Arguments: `index`, where the index is; `eager`, whether open waits for the contents instead of being their pager. */
export function assemble(kernel: Kernel, fetch: Devices["fetch"], log: Log, given: Arguments): WebfsServer {
  const events = new Events(kernel), fetching = new Fetching(fetch, events, log), tree = new Tree(), archives = new Archives(fetching, tree, log);
  const names = new Names(tree, given.get("index") ?? INDEX_PATH, fetching, archives, log);
  const contents = new Contents(kernel, fetching, archives, log, given.get("eager") === "true");
  names.readIndex(() => {});
  return new WebfsServer(kernel, names, contents, events);
}
