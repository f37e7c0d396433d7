// The other end of a puppet's line: what tells it which system calls to carry out. Works wherever the machine runs; see
// test-machine.ts for Node, bench/ for browsers.
//
//   const init = new Puppet(machine.line("init"), "init");
//   machine.boot();
//   await init.up;
//   const slot = await init.do("endpointCreate");

import type { Kernel } from "../../lib/ts/kernel.ts";
import type { Line } from "../machine/worker/host.ts";
import type { Command, Reply } from "./puppet.ts";

type Method = { [K in keyof Kernel]: Kernel[K] extends (...args: never[]) => unknown ? K : never }[keyof Kernel];
type ResultOf<K extends Method> = Kernel[K] extends (...args: never[]) => infer R ? Awaited<R> : never;

export class Puppet {
  readonly #line: Line;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly up: Promise<void>;
  #next = 1;

  constructor(line: Line, readonly name: string) {
    this.#line = line;
    this.up = new Promise((resolve, reject) => this.#waiting.set(0, { resolve: () => resolve(), reject }));
    line.onmessage = (message) => {
      const reply = message as Reply, waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ("error" in reply) waiting?.reject(new Error(reply.error)); else waiting?.resolve(reply.result);
    };
  }

  #send(command: { call: string; args: unknown[] } | { program: string; args: unknown[] }): Promise<unknown> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#line.send({ id, ...command } as Command);
    });
  }

  /** Carry out a system call there. Never settles if the domain dies in it. */
  do<K extends Method>(call: K, ...args: Parameters<Extract<Kernel[K], (...args: never[]) => unknown>>): Promise<ResultOf<K>> {
    return this.#send({ call, args }) as Promise<ResultOf<K>>;
  }

  run(program: string, ...args: unknown[]): Promise<unknown> { return this.#send({ program, args }); }
}
