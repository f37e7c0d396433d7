// A Kernel that can only call: every call goes to `serve` at once. For tests of TypeScript stubs.
import type { Answer, Incoming, Kernel, Outcome, Outgoing } from "../../../lib/ts/kernel.ts";

export function loopback(serve: (incoming: Incoming, receives: boolean) => Outcome): Kernel {
  const call = (endpoint: number, label: number, message: Outgoing = {}): Answer => {
    const outcome = serve({
      status: 0, label, badge: endpoint, rights: 31, reply: 1, room: message.receive ?? 0,
      words: (message.words ?? []).map(asWord), caps: [...message.caps ?? []], ranges: (message.send ?? []).map((range) => range.slice()),
    }, message.receive !== undefined);
    return { status: outcome.status, words: (outcome.words ?? []).map(asWord), caps: [...outcome.caps ?? []], data: (outcome.data ?? new Uint8Array(0)).slice(0, message.receive ?? 0) };
  };
  return { call, callAsync: async (...args: Parameters<typeof call>) => call(...args) } as unknown as Kernel;
}

function asWord(value: number | bigint): bigint { return BigInt.asIntN(64, BigInt(value)); }
