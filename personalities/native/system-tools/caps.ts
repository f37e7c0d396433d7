// caps: the capabilities that a domain holds; without an operand, its own.

import { OBJECT_DATASPACE, OBJECT_DOMAIN, OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_REPLY, OBJECT_SYSTEM, OBJECT_THREAD, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_RECEIVE, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import { Failure } from "../api/failure.ts";
import { table } from "../utilities/table.ts";
import { utility, type Tool } from "../utilities/utility.ts";
import { administration, findDomain } from "./domains.ts";

const kinds: Readonly<Record<number, string>> = { [OBJECT_DOMAIN]: "domain", [OBJECT_THREAD]: "thread", [OBJECT_ENDPOINT]: "endpoint", [OBJECT_REPLY]: "reply", [OBJECT_NOTIFICATION]: "notification", [OBJECT_DATASPACE]: "dataspace", [OBJECT_SYSTEM]: "system" };
const rightLetters: readonly (readonly [number, string])[] = [[RIGHT_READ, "r"], [RIGHT_WRITE, "w"], [RIGHT_GRANT, "g"], [RIGHT_RECEIVE, "c"], [RIGHT_MANAGE, "m"]];

export const caps = utility({ usage: "caps [DOMAIN]   (a number or a name; rights: r read, w write, g grant, c receive, m manage)" }, (tool: Tool) => {
  const admin = administration(tool);
  const domains = admin.domains();
  let number: number;
  if (tool.operands[0] !== undefined) number = findDomain(tool, domains, tool.operands[0]).domain;
  else {
    const processes = tool.system.processes();
    const own = processes instanceof Failure ? undefined : processes.find(({ pid }) => pid === tool.system.pid);
    number = own?.domain ?? tool.quit("cannot tell which domain this is; name one");
  }
  const names = new Map(domains.map(({ domain, name }) => [domain, name]));
  const rows = admin.caps(number);
  tool.out.text(table(["SLOT>", "KIND", "RIGHTS", "BADGE>", "OBJECT>", "OWNER"], rows.map((row) => [
    String(row.slot), kinds[row.kind] ?? String(row.kind), rightLetters.map(([bit, letter]) => (row.rights & bit ? letter : "-")).join(""), String(row.badge), String(row.object), `${row.owner} ${names.get(row.owner) ?? ""}`,
  ])));
  tool.out.line(`${rows.length} capabilities in domain ${number}${names.get(number) ? ` (${names.get(number)})` : ""}`);
});
