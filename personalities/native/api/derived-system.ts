// The same process under other arguments and environment: how a shell runs a program's function inside itself.

import type { NativeSystem } from "./native-system.ts";

export function withArguments(system: NativeSystem, args: readonly string[], env: ReadonlyMap<string, string> = system.env): NativeSystem {
  return Object.create(system, { args: { value: args }, env: { value: env } }) as NativeSystem;
}
