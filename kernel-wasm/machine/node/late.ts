// Messages that come late, for who looks for what happens on slow machines only: with GRAIL_DELAYS=MILLISECONDS one in four of the messages between the
// machine and its Workers, and of the news that a Worker has ended, takes up to so long. Those of one direction stay in order.
//
//   GRAIL_DELAYS=1500 npx vitest run kernel-wasm e2e/node

const MOST = Number(process.env["GRAIL_DELAYS"] ?? 0), SHARE = 0.25;

/** A way for messages in one direction: `deliver` is called now, or late. */
export function way(most = MOST, random = Math.random): (deliver: () => void) => void {
  if (!(most > 0)) return (deliver) => { deliver(); };
  let last = Promise.resolve();
  return (deliver) => {
    const delay = random() < SHARE ? random() * most : 0;
    last = last.then(() => delay > 0 ? new Promise<void>((resolve) => { setTimeout(resolve, delay); }) : undefined).then(deliver);
  };
}
