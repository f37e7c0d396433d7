// The random server: bytes from a source, at most 64 KiB a call.

import { dispatchRandom, type RandomHandlers } from "../../abi/generated/ts/server/random.ts";
import type { CallContext } from "../../abi/generated/ts/message.ts";
import { RANGE_LIMIT } from "../../abi/layout/limits.ts";
import { Custody } from "../../lib/ts/custody.ts";
import type { Incoming, Kernel, Outcome } from "../../lib/ts/kernel.ts";
import { isNotice, type Server } from "../../lib/ts/serve.ts";
import { refuse } from "../../lib/ts/status.ts";

export class RandomServer implements Server, RandomHandlers {
  readonly custody: Custody;
  /** `fill` fills a private (never shared) array. */
  constructor(kernel: Kernel, private readonly fill: (bytes: Uint8Array) => void) { this.custody = new Custody(kernel); }

  dispatch(incoming: Incoming): Outcome | "deferred" { return isNotice(incoming) ? { status: 0 } : dispatchRandom(this, incoming); }

  bytes(context: CallContext, length: number): ReturnType<RandomHandlers["bytes"]> {
    if (length < 1 || length > RANGE_LIMIT || length > context.room) return refuse("BadArgument");
    const data = new Uint8Array(length);
    this.fill(data);
    return { error: 0, data };
  }
}
