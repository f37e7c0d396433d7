// A domain that does what a test tells it: the TypeScript image `puppetN`. Commands come over its line and are carried out in order;
// one that blocks blocks the Worker, as a server's would.

import type { Devices } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";

export type Command = { id: number; call: string; args: unknown[] } | { id: number; program: string; args: unknown[] };
export type Reply = { id: number; result: unknown } | { id: number; error: string };

/** Loops too fast for messages to and fro: a test names one and it runs in the puppet. */
export const programs: Record<string, (kernel: Kernel, ...args: never[]) => unknown> = {
  /** Answer `count` calls (0: until the domain dies), adding one to the first word. */
  echo(kernel, endpoint: number, count: number): number {
    for (let i = 0; count === 0 || i < count; i++) {
      const message = kernel.receive(endpoint);
      if (message.status < 0) return message.status;
      if (message.reply) kernel.reply(message.reply, { status: 0, words: [(message.words[0] ?? 0n) + 1n], ...(message.room && message.ranges[0] ? { data: message.ranges[0] } : {}) });
    }
    return 0;
  },
  /** Call `count` times: how many answers were right; stops at the first error and says which. */
  calls(kernel, endpoint: number, count: number): { right: number; status: number } {
    for (let i = 0; i < count; i++) {
      const answer = kernel.call(endpoint, 0x1234, { words: [i] });
      if (answer.status < 0) return { right: i, status: answer.status };
      if (answer.words[0] !== BigInt(i) + 1n) return { right: i, status: 1 };
    }
    return { right: count, status: 0 };
  },
  overflow(): never { const deeper = (n: number): number => 1 + deeper(n + 1); throw new Error(String(deeper(0))); },
  spin(): never { for (;;) { /* until terminated */ } },
};

export async function main(kernel: Kernel, devices: Devices): Promise<void> {
  const line = devices.line!;
  await new Promise<void>((_, reject) => {
    line.onmessage = (message) => {
      const command = message as Command;
      Promise.resolve().then(() => "program" in command
        ? programs[command.program]!(kernel, ...command.args as never[])
        : (kernel[command.call as keyof Kernel] as (...args: unknown[]) => unknown)(...command.args),
      ).then((result) => line.send({ id: command.id, result }), (error: unknown) => {
        if (!(error instanceof Error) || (error instanceof RangeError && error.message.includes("call stack"))) reject(error as Error); else line.send({ id: command.id, error: error.stack ?? error.message });
      });
    };
    line.send({ id: 0, result: "up" });
  });
}
