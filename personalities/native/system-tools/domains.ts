// Finding domains for the tools that administer.

import type { DomainInfo } from "../../../lib/ts/kernel.ts";
import { membersOf } from "../../../lib/ts/linked.ts";
import { Failure } from "../api/failure.ts";
import type { Administration } from "../api/native-system.ts";
import type { Tool } from "../utilities/utility.ts";

/** Ends the program where the session may not administer. */
export function administration(tool: Tool): Administration {
  const found = tool.system.administration();
  return found instanceof Failure ? tool.quit(`this session may not administer the system: ${found.message}`) : found;
}

/** By number or name, also of one of the servers that are linked into it; ends the program if there is none. */
export function findDomain(tool: Tool, domains: readonly DomainInfo[], text: string): DomainInfo {
  const live = domains.filter(({ state }) => state !== "unused");
  const found = live.find(({ domain, name }) => String(domain) === text || name === text) ?? live.find(({ name }) => membersOf(name).includes(text));
  return found ?? tool.quit(`there is no domain '${text}'; 'servers' and 'ps -d' list them`);
}
