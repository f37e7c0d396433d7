// sock_accept, sock_recv, sock_send, sock_shutdown. There are no sockets yet, so every descriptor is the wrong kind.

import { EBADF, ENOTSOCK } from "../../layout/wasi";
import { find } from "../descriptor-table";

function noSocket(descriptor: i32): i32 { return find(descriptor) ? ENOTSOCK : EBADF; }

export function sock_accept(descriptor: i32, flags: i32, result: usize): i32 { return noSocket(descriptor); }
export function sock_recv(descriptor: i32, data: usize, count: i32, flags: i32, received: usize, resultFlags: usize): i32 { return noSocket(descriptor); }
export function sock_send(descriptor: i32, data: usize, count: i32, flags: i32, sent: usize): i32 { return noSocket(descriptor); }
export function sock_shutdown(descriptor: i32, how: i32): i32 { return noSocket(descriptor); }
