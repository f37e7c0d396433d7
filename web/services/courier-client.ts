// The machine's side of the courier's line: each request resolves with its answer.

import type { Line } from "../../kernel-wasm/machine/worker/host.ts";
import type { Progress, StorageAnswer, StorageRequest } from "../../lib/ts/storage-requests.ts";
import type { CourierAnswer, CourierEntry, CourierRequest } from "../../servers/courier/request.ts";

type Question = CourierRequest extends infer Request ? Request extends CourierRequest ? Omit<Request, "id"> : never : never;
interface Waiting { resolve(answer: CourierAnswer): void; reject(error: Error): void; progress: ((progress: Progress) => void) | undefined }

export class Courier {
  readonly #line: Line;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  constructor(line: Line) {
    this.#line = line;
    line.onmessage = (message) => {
      const answer = message as CourierAnswer, waiting = this.#waiting.get(answer.id);
      if ("progress" in answer) { waiting?.progress?.(answer.progress); return; }
      this.#waiting.delete(answer.id);
      // The name goes to the page with the message.
      if ("error" in answer) waiting?.reject(Object.assign(new Error(answer.error), answer.name ? { name: answer.name } : {})); else waiting?.resolve(answer);
    };
  }

  #ask(question: Question, progress?: (progress: Progress) => void): Promise<{ data?: Uint8Array; entries?: readonly CourierEntry[]; storage?: unknown }> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as { data?: Uint8Array }), reject, progress });
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
  async storage<Request extends StorageRequest>(request: Request, progress?: (progress: Progress) => void): Promise<StorageAnswer<Request["kind"]>> {
    return (await this.#ask({ kind: "storage", request }, progress)).storage as StorageAnswer<Request["kind"]>;
  }
  async list(path: string): Promise<CourierEntry[]> { return [...(await this.#ask({ kind: "list", path })).entries ?? []]; }
}
