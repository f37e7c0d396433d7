// A crowd for the stress and the fuzz test: puppets that make wild calls, with capabilities to each other's endpoints, to actors placed
// either way, to Dataspaces, notifications and to domains.

import { OBJECT_NONE, RIGHT_ALL, RIGHT_MANAGE } from "../../abi/layout/limits.ts";
import type { Random } from "../../lib/testing/random.ts";
import type { TestDomain, TestMachine, TestServer } from "../testing/test-machine.ts";
import * as A from "./server/labels.ts";

/** Microseconds. */
const PATIENCE = 50_000;

export class World {
  readonly actors: TestServer[] = [];
  #objects: number[] = [];

  private constructor(readonly machine: TestMachine, readonly random: Random) {}

  static async make(machine: TestMachine, random: Random): Promise<World> {
    const world = new World(machine, random), { init } = machine;
    for (const placement of ["worker", "inline", "inline"] as const) world.actors.push(await machine.server("actor", placement));
    for (const index of world.actors.keys()) await world.#link(index);
    for (let i = 0; i < 3; i++) world.#objects.push(await init.do("endpointCreate"), await init.do("notificationCreate"), await init.do("dataspaceCreate", BigInt(i * 60_000)));
    return world;
  }

  /** A new puppet with something of everything; some can manage some of the others. */
  async puppet(others: readonly TestDomain[]): Promise<TestDomain> {
    const { machine, random } = this, puppet = await machine.domain(64 + random.below(200), 20 + random.below(100));
    const give = async (slot: number, rights = RIGHT_ALL): Promise<void> => { await machine.grant(puppet, slot, rights, 0); };
    for (const object of this.#objects) await give(object, random.below(3) ? RIGHT_ALL : random.below(32));
    for (const { endpoint } of this.actors) await give(endpoint, RIGHT_ALL & ~8);
    if (others.length && random.below(3) === 0) await give(random.pick(others).slot, RIGHT_ALL & ~(random.below(2) ? RIGHT_MANAGE : 0));
    for (let i = 0; i < 2; i++) { await puppet.do("endpointCreate"); await puppet.do("dataspaceCreate", 50_000n); }
    return puppet;
  }

  /** An actor of the same placement in the place of a dead one. */
  async replaceActor(index: number): Promise<void> {
    await this.machine.end(this.actors[index]!);
    this.actors[index] = await this.machine.server("actor", index === 0 ? "worker" : "inline");
    await this.#link(index);
    await this.#link((index + this.actors.length - 1) % this.actors.length);
  }

  /** Have an actor pass calls on to the next one, mostly to be echoed; unless it is dead by now, or waits for ever at somebody's wish. */
  async #link(index: number): Promise<void> {
    const { machine: { init }, random } = this, { endpoint } = this.actors[index]!;
    const { status, words } = await init.do("call", endpoint, A.KEEP, { caps: [this.actors[(index + 1) % this.actors.length]!.endpoint] }, PATIENCE);
    if (status === 0) await init.do("call", endpoint, A.RELAY_TO, { words: [words[0]!, random.below(3) ? A.ECHO : random.pick([A.TRAP, A.SAVE, A.RELAY, A.OVERFLOW])] }, PATIENCE);
  }

  async end(...puppets: readonly TestDomain[]): Promise<void> {
    await this.machine.end(...puppets, ...this.actors);
    for (const slot of this.#objects) { await this.machine.init.do("capRevoke", slot); await this.machine.init.do("capDelete", slot); }
    // What wild ones sent to init's endpoints.
    void OBJECT_NONE;
  }
}
