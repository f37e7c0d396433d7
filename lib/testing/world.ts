// The file servers on a fake machine, wired as `init` wires them: names, tmpfs, vfs with the tmpfs as its root, pipe.
//
//   const world = await World.create();
//   world.root        DirectoryClient of the root, with the right Manage (it may mount)
//   world.newClient("other")   another domain with a root handle of its own

import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { NamesClient } from "../../abi/generated/ts/client/names.ts";
import { PipeClient } from "../../abi/generated/ts/client/pipe.ts";
import { RIGHT_ALL, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import type { Kernel } from "../ts/kernel.ts";
import { compile } from "./compile.ts";
import { FakeMachine, type Domain, type ServerOptions } from "./fake-machine.ts";
import { areLinked, linkedImage } from "./linked.ts";

export const image = async (server: string): Promise<WebAssembly.Module> => await linkedImage(server) ?? compile(`servers/${server}/assembly/main.ts`);

const MANAGER = RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE;

export interface Client { domain: Domain; kernel: Kernel; root: DirectoryClient; names: NamesClient; pipe: PipeClient }

export class World {
  private constructor(readonly machine: FakeMachine, readonly names: Domain, readonly tmpfs: Domain, readonly vfs: Domain, readonly pipe: Domain, readonly client: Client) {}

  static async create(options: { tmpfs?: Partial<ServerOptions>; vfs?: Partial<ServerOptions>; /** MountFlags of the root. */ flags?: number } = {}): Promise<World> {
    const machine = new FakeMachine();
    const server = async (name: string, more: Partial<ServerOptions> = {}): Promise<Domain> => machine.addServer({ ...more, name, module: await image(name.split("+").at(-1)!) });
    const names = await server("names");
    const linked = areLinked("vfs", "tmpfs");
    const tmpfs = await server(linked ? "vfs+tmpfs" : "tmpfs", options.tmpfs);
    const vfs = linked ? machine.member(tmpfs, await image("vfs")) : await server("vfs", options.vfs);
    const pipe = await server("pipe");
    const domain = machine.addClient("client");
    const client: Client = {
      domain, kernel: domain.kernel,
      names: new NamesClient(domain.kernel, machine.give(domain, names, { rights: RIGHT_ALL })),
      root: new DirectoryClient(domain.kernel, machine.give(domain, vfs, { rights: MANAGER })),
      pipe: new PipeClient(domain.kernel, machine.give(domain, pipe)),
    };
    const mounted = client.root.mount(options.flags ?? 0, machine.give(domain, tmpfs), "/", "tmpfs");
    if (mounted.error) throw new Error(`mounting the root failed: ${mounted.error}`);
    return new World(machine, names, tmpfs, vfs, pipe, client);
  }

  get root(): DirectoryClient { return this.client.root; }

  /** Another tmpfs: a capability to it in the client's table. */
  async addTmpfs(name: string): Promise<number> {
    return this.machine.give(this.client.domain, await this.machine.addServer({ name, module: await image("tmpfs") }));
  }

  newClient(name: string): Client {
    const domain = this.machine.addClient(name);
    return {
      domain, kernel: domain.kernel,
      names: new NamesClient(domain.kernel, this.machine.give(domain, this.names)),
      root: new DirectoryClient(domain.kernel, this.machine.give(domain, this.vfs)),
      pipe: new PipeClient(domain.kernel, this.machine.give(domain, this.pipe)),
    };
  }
}
