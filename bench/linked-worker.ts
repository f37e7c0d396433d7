// The Worker of the monolithic baseline of `read`: see linked/assembly/linked.ts. Answers { module, filePieces } with the file's checksum,
// { pieces, rounds } with the nanoseconds of each round.

interface Linked { start(filePieces: number): number; read(pieces: number): bigint; sum(): number }
let linked: Linked;

const monotonic = (): bigint => BigInt(Math.round(performance.now() * 1e6));
const wallClock = (): bigint => BigInt(Date.now()) * 1000000n;

addEventListener("message", (event: MessageEvent<{ module: WebAssembly.Module; filePieces: number } | { pieces: number; rounds: number }>) => {
  const message = event.data;
  if ("module" in message) {
    linked = new WebAssembly.Instance(message.module, { env: { monotonic, wallClock, abort() { throw new Error("abort"); } } }).exports as unknown as Linked;
    const status = linked.start(message.filePieces);
    if (status < 0) throw new Error(`the linked module could not start (${status})`);
    postMessage(linked.sum() >>> 0);
    return;
  }
  const times: number[] = [];
  for (let round = 0; round < message.rounds; round++) {
    const time = Number(linked.read(message.pieces));
    if (time < 0) throw new Error(`reading failed with ${-time}`);
    times.push(time);
  }
  postMessage(times);
});
