// The kernel module's exports: registers, system calls, and what the machine calls. It only wires.

export { w0, w1, w2, w3, w4, w5, w6, w7, c0, c1, c2, c3, s0a, s0n, s1a, s1n, r0a, r0n, label, badge, rights, shape, answer } from "./registers";
export { call, callTimed, relay, send, callBegin, callFinish } from "./syscall/call";
export { receive, receiveBegin, receiveFinish, receiveCancel, reply, replyAndReceive, saveReply } from "./syscall/receive";
export { fetch, deliver } from "./syscall/transfer";
export { capMint, capCopy, capMove, capDelete, capRevoke, capInfo, capWatch, capGrant } from "./syscall/capability";
export { endpointCreate, notificationCreate, signal, wait, waitBegin, waitFinish, notificationBind } from "./syscall/notification";
export { dataspaceCreate, dataspaceRead, dataspaceWrite, dataspaceResize, dataspaceInfo, dataspaceSetPager } from "./syscall/dataspace";
export { dataspaceSupply, dataspaceMarks, dataspaceNextDirty, dataspaceReclaim, dataspaceEvict } from "./syscall/dataspace-pages";
export { domainCreate, domainStart, domainKill, domainSuspend, domainResume, exit } from "./syscall/domain";
export { systemAllowed, systemKill, systemPlace, systemSetTrace } from "./syscall/system";
export { monotonic, wallClock, log } from "./syscall/time";
export { breakOff } from "./sched/thread";
export { boot, createInit, setThread, runDomain, setMemoryOf, attach, fail, condemn, interrupt, detach, unpinned, reap, tidy } from "./syscall/machine";
