// The machine's side of the courier's line: each request resolves with its answer.

import type { Line } from "../../kernel-wasm/machine/worker/host.ts";
import type { CourierAnswer, CourierEntry, CourierRequest } from "../../servers/courier/request.ts";

type Question = CourierRequest extends infer Request ? Request extends CourierRequest ? Omit<Request, "id"> : never : never;

export class Courier {
  readonly #line: Line;
  readonly #waiting = new Map<number, { resolve: (answer: CourierAnswer) => void; reject: (error: Error) => void }>();
  #next = 1;

  constructor(line: Line) {
    this.#line = line;
    line.onmessage = (message) => {
      const answer = message as CourierAnswer, waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("error" in answer) waiting?.reject(new Error(answer.error)); else waiting?.resolve(answer);
    };
  }

  #ask(question: Question): Promise<{ data?: Uint8Array; entries?: readonly CourierEntry[] }> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as { data?: Uint8Array }), reject });
      this.#line.send({ ...question, id });
    });
  }

  /** The courier has died: what was asked of it will not be answered. */
  fail(text: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(text));
    this.#waiting.clear();
  }

  async write(path: string, data: Uint8Array): Promise<void> { await this.#ask({ kind: "write", path, data }); }
  async read(path: string): Promise<Uint8Array> { return (await this.#ask({ kind: "read", path })).data ?? new Uint8Array(0); }
  async list(path: string): Promise<CourierEntry[]> { return [...(await this.#ask({ kind: "list", path })).entries ?? []]; }
}
