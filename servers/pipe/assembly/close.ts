// The end of an end: whoever waits at the other one learns that nothing comes, or that nobody reads, any more.

import { End, endFind, endForget, pipeDrop } from "./end";
import { pollersForget, pollersTell } from "./poll";
import { abandonWaiters, pump } from "./wait";

/** The last capability with this badge is gone. */
export function endClose(badge: u32): void {
  const end = endFind(badge);
  if (!changetype<usize>(end)) return;
  const pipe = end.owner;
  abandonWaiters(end);
  pollersForget(end);
  if (end.isWriter) pipe.writer = 0;
  else pipe.reader = 0;
  endForget(end);
  pump(pipe);
  pollersTell(changetype<End>(<usize>(pipe.reader | pipe.writer)));
  pipeDrop(pipe);
}
