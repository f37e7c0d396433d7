// place: moves a server between its own Worker and its callers'. Calls under way are not lost.

import { membersOf } from "../../../lib/ts/linked.ts";
import { Failure } from "../api/failure.ts";
import { utility, type Tool } from "../utilities/utility.ts";
import { administration, findDomain } from "./domains.ts";

export const place = utility({ usage: "place SERVER worker|inline", wrong: 2 }, (tool: Tool) => {
  const [server, placement] = tool.operands;
  if (server === undefined) tool.quit("usage: place SERVER worker|inline", 2);
  const admin = administration(tool);
  const found = findDomain(tool, admin.domains(), server);
  if (found.name !== server && membersOf(found.name).includes(server)) {
    if (placement !== undefined) tool.quit(`${server} is linked into ${found.name} and cannot be placed alone: not supported; 'place ${found.name} ${placement}' moves all of it`);
    tool.out.line(`${server} is placed linked, in ${found.name}, which is placed ${found.placement}`);
    return 0;
  }
  if (placement === undefined) { tool.out.line(`${found.name} is placed ${found.placement}${found.movable ? "" : " and cannot be moved"}`); return 0; }
  if (placement !== "worker" && placement !== "inline") tool.quit(`'${placement}' is no placement: worker or inline`, 2);
  const placed = admin.place(found.domain, placement);
  if (placed instanceof Failure) tool.quit(placed.error === "NotSupported" ? `${found.name} cannot be placed ${placement}: only servers written for it (see 'servers', column MOVABLE) can` : `${found.name}: ${placed.message}`);
  tool.out.line(`${found.name}: ${found.placement} -> ${placement}`);
  return 0;
});
