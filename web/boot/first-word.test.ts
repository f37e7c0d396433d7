// A Worker that is started however many fail before it: with an error, in silence, the one that was started early as well.

import fc from "fast-check";
import { expect, test } from "vitest";
import { workerThatSpeaks, withFirstWord } from "./first-word.ts";

type Fate = "speaks" | "fails" | "silent";

class FakeWorker extends EventTarget {
  ended = false;
  constructor(readonly fate: Fate) {
    super();
    if (fate === "speaks") setTimeout(() => this.dispatchEvent(new Event("message")));
    if (fate === "fails") setTimeout(() => this.dispatchEvent(new Event("error")));
  }
  terminate(): void { this.ended = true; }
}

test("the first Worker that speaks is it, the others are ended; if none of the attempts does, the last problem is told", async () => {
  const fate = fc.constantFrom<Fate>("speaks", "fails", "silent");
  await fc.assert(fc.asyncProperty(fc.array(fate, { minLength: 3, maxLength: 3 }), fc.boolean(), async (fates, early) => {
    const workers: FakeWorker[] = [];
    const create = (): Worker => { const worker = new FakeWorker(fates[workers.length]!); workers.push(worker); return worker as unknown as Worker; };
    const first = early ? withFirstWord(create()) : undefined;
    const found = await workerThatSpeaks(create, first, [15, 15, 15]).then((worker) => workers.indexOf(worker as never), (error: Error) => error.message);
    const right = fates.indexOf("speaks");
    expect(found).toBe(right >= 0 ? right : fates[2] === "fails" ? "its script could not be loaded" : "it said nothing for 0.015 seconds");
    expect(workers.map(({ ended }) => ended)).toEqual(fates.slice(0, right >= 0 ? right + 1 : 3).map((_, index) => index !== right));
  }), { numRuns: 40 });
});
