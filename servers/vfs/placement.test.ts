// The file servers on the real kernel, in real Workers: two clients at once, while the servers are moved between their own
// Workers and their callers'. Every call is answered, and rightly.

import { afterAll, beforeAll, expect, test } from "vitest";
import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { PipeClient } from "../../abi/generated/ts/client/pipe.ts";
import { FileFlags } from "../../abi/generated/ts/enums.ts";
import { RIGHT_ALL, RIGHT_RECEIVE } from "../../abi/layout/limits.ts";
import { TestMachine, type TestDomain } from "../../kernel-wasm/testing/test-machine.ts";
import type { Puppet } from "../../kernel-wasm/testing/puppet-control.ts";
import { good, parseEntries } from "../../lib/testing/files.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";

let machine: TestMachine;
beforeAll(async () => {
  machine = await TestMachine.start({ servers: { vfs: "servers/vfs/assembly/main.ts", tmpfs: "servers/tmpfs/assembly/main.ts", pipe: "servers/pipe/assembly/main.ts" } });
}, 120_000);
afterAll(() => machine?.stop());

/** The asynchronous half of a Kernel: calls that a puppet makes. */
const kernelOf = (domain: Puppet): Kernel => ({ callAsync: (...args: Parameters<Kernel["call"]>) => domain.do("call", ...args) }) as unknown as Kernel;

async function useFiles(domain: TestDomain, root: DirectoryClient, name: string, rounds: number): Promise<void> {
  const { kernel } = root;
  good(await root.makeDirectoryAsync(0o755, name));
  const opened = good(await root.openAsync(FileFlags.Read | FileFlags.Directory, 0, name));
  const home = new DirectoryClient(kernel, opened.file);
  for (let round = 0; round < rounds; round++) {
    const text = `${name} ${round}`;
    const { file, data } = good(await home.openAsync(FileFlags.Read | FileFlags.Write | FileFlags.Create, 0o644, "file"));
    const client = new FileClient(kernel, file);
    good(await client.writeAsync(0n, new TextEncoder().encode(text)));
    expect(new TextDecoder().decode(good(await client.readAsync(0n, 100)).data)).toBe(text);
    expect(new TextDecoder().decode((await domain.do("dataspaceRead", data, 0n, 100)).data)).toBe(text);
    good(await home.renameAsync(opened.file, "file", "../" + name + "/renamed"));
    expect(new TextDecoder().decode(good(await home.pathAsync()).path)).toBe(`/${name}`);
    expect(parseEntries(good(await home.readDirectoryAsync(0n)).entries).map((entry) => entry.name)).toEqual([".", "..", "renamed"]);
    good(await root.unlinkAsync(`${name}/renamed`));
    for (const slot of [file, data]) await domain.do("capDelete", slot);
  }
  await domain.do("capDelete", opened.file);
  good(await root.removeDirectoryAsync(name));
}

/** One byte after another from one client to the other, which waits for it. Init makes the pipe and gives out its ends. */
async function usePipe(from: TestDomain, to: TestDomain, pipe: PipeClient, rounds: number): Promise<void> {
  const ends = good(await pipe.createAsync());
  const reader = new FileClient(kernelOf(to), await machine.grant(to, ends.reader));
  const writer = new FileClient(kernelOf(from), await machine.grant(from, ends.writer));
  for (const slot of [ends.reader, ends.writer]) await machine.init.do("capDelete", slot);
  for (let round = 0; round < rounds; round++) {
    const read = reader.readAsync(-1n, 10);
    good(await writer.writeAsync(-1n, new Uint8Array([round & 255])));
    expect(good(await read).data).toEqual(new Uint8Array([round & 255]));
  }
  const end = reader.readAsync(-1n, 10);
  await from.do("capDelete", writer.cap);
  expect(good(await end).data).toHaveLength(0);
  await to.do("capDelete", reader.cap);
}

test("files and pipes work for several clients at once while their servers are moved", async () => {
  const counts = machine.counts();
  const [a, b, c, d] = [await machine.domain(), await machine.domain(), await machine.domain(), await machine.domain()];
  const [vfs, tmpfs, pipe] = [await machine.server("vfs"), await machine.server("tmpfs"), await machine.server("pipe")];
  const servers = [vfs, tmpfs, pipe];
  const rights = RIGHT_ALL & ~RIGHT_RECEIVE;
  const rootOf = async (domain: TestDomain): Promise<DirectoryClient> => new DirectoryClient(kernelOf(domain), await machine.grant(domain, vfs.endpoint, rights));
  const roots = [await rootOf(a), await rootOf(b)];
  const fs = await machine.grant(a, tmpfs.endpoint, rights);
  good(await roots[0]!.mountAsync(0, fs, "/", "tmpfs"));
  const pipes = new PipeClient(kernelOf(machine.init), pipe.endpoint);

  let moves = 0, working = true;
  const moving = (async (): Promise<void> => {
    while (working) {
      const server = servers[moves % servers.length]!;
      machine.machine.place(server!.number, (moves / servers.length | 0) % 2 ? "worker" : "inline");
      moves++;
      // Long enough for some calls to be made in between, whatever they find.
      for (let i = 0; i < 20 && working; i++) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await Promise.all([useFiles(a, roots[0]!, "a", 60), useFiles(b, roots[1]!, "b", 60), usePipe(c, d, pipes, 200)]);
  working = false;
  await moving;
  expect(moves).toBeGreaterThan(6);
  await machine.end(a, b, c, d, ...servers);
  await machine.settle(counts);
}, 120_000);
