// Messages that come late, for who looks for what happens on slow machines only: with GRAIL_DELAYS=MILLISECONDS one in four of the messages between the
// machine and its Workers, and of the news that a Worker has ended, takes up to so long. Those of one direction stay in order. Which are late, and how much,
// is the same for each GRAIL_SEED (a number, or `random`: the seed is said), direction by direction in the order of their making.
//
//   GRAIL_DELAYS=1500 npx vitest run kernel-wasm e2e/node

import { randomNumbers, seedOfRun } from "../../../lib/testing/random.ts";

const MOST = Number(process.env["GRAIL_DELAYS"] ?? 0), SHARE = 0.25;
const SEED = process.env["GRAIL_SEED"] === undefined ? 42 : seedOfRun();
if (MOST > 0) console.error(`Messages come up to ${MOST} ms late, GRAIL_SEED=${SEED}.`);

let ways = 0;

/** Numbers from 0 to below 1 for one more way: its own, so that what others send does not change them. */
function numbers(): () => number { return randomNumbers(SEED + ways++ * 0x9e3779b9); }

/** As if nothing had been late: nobody catches it. */
const uncaught = (error: unknown): void => { setImmediate(() => { throw error; }); };

/** A way for messages in one direction: `deliver` is called now, or late. If it throws late, `failed` is told and the next ones come all the same. */
export function way(most = MOST, random = numbers(), failed = uncaught): (deliver: () => void) => void {
  if (!(most > 0)) return (deliver) => { deliver(); };
  let last = Promise.resolve();
  return (deliver) => {
    const delay = random() < SHARE ? random() * most : 0;
    last = last.then(() => delay > 0 ? new Promise<void>((resolve) => { setTimeout(resolve, delay); }) : undefined).then(deliver).catch(failed);
  };
}
