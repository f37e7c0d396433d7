// The members of a linked module. The build writes this file anew for each group (tools/build/linked-servers.ts); here it is only what
// an editor sees.

export function initMember(member: i32, mode: i32): i32 { return unreachable(); }
export function dispatchMember(member: i32, label: i32, badge: i32): i32 { return unreachable(); }
export function serveMember(member: i32): void { unreachable(); }
