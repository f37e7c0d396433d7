// A boot's first Workers load code before they are told what to run: each must then be given the image whose code it has, or the boot loads it twice.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { IMAGES, workersOf } from "../../kernel-wasm/machine/images.ts";
import type { MachineHost } from "../../kernel-wasm/machine/machine-host.ts";
import { createWorker, Seats } from "../../kernel-wasm/machine/seats.ts";
import { readManifest } from "../../servers/init/manifest/manifest.ts";

const manifest = readManifest(readFileSync(new URL("../../servers/init/boot.yaml", import.meta.url), "utf8"), new Set(IMAGES.map(({ name }) => name)));
const imageOf = (name: string) => IMAGES.find((image) => image.name === name)!;

/** The images of a boot up to the first session, in the order in which they start. */
const started = [
  "init", ...manifest.servers.filter(({ start }) => start === "boot").map(({ image, name }) => image || name), "native-programs",
  ...manifest.mounts.flatMap(({ server }) => manifest.servers.filter(({ name, start }) => name === server && start === "demand").map(({ image, name }) => image || name)),
].map(imageOf);

test("with the default manifest every TypeScript image gets the Worker that has loaded its code, and an AssemblyScript server none of these, ready or not", async () => {
  for (const ready of [0, 1, 5, Infinity]) {
    const workers: { onmessage: (message: unknown) => void }[] = [];
    const host = { createWorker: () => { const worker = { post() {}, onmessage() {}, terminate() {}, dead: new Promise<void>(() => undefined) }; workers.push(worker); return worker; } } as unknown as MachineHost;
    const early = workersOf(manifest).map((image, index) => createWorker(host, index + 1, image));
    expect(early).toHaveLength(started.length);
    const seats = new Seats({
      host, spare: 2, room: () => true, birth: () => ({}) as never, log: () => undefined, keep: () => undefined, stopped: () => false, condemned: () => undefined, vacated: () => undefined,
    }, early);
    seats.open();
    const prepared = new Map(seats.all.map((seat) => [seat, seat.prepared]));
    const say = (worker: { onmessage: (message: unknown) => void }): void => worker.onmessage({ kind: "ready", thread: 0 });
    workers.slice(0, ready).forEach(say);
    const taken = started.map((image) => seats.take(image));
    workers.forEach(say);
    const given = (await Promise.all(taken)).map((seat) => prepared.get(seat!));
    expect(given).toEqual(started.map(({ kind, name }) => kind === "server" ? undefined : kind === "programs" ? "programs" : name));
  }
});
