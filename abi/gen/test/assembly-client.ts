// Calls an AssemblyScript stub with the values that the TypeScript stub would take, and gives its results in the same form.
import * as records from "../../generated/ts/records.ts";
import type { InterfaceModel, MethodModel } from "../model.ts";
import { isRecord, of, scalarOf } from "../model.ts";
import type { AssemblyModule } from "./assembly-module.ts";

/** Where the stubs' data lies in the module's memory; the echo handlers use what is above. */
const SENT = [1024, 1024 + 40000] as const, RECEIVED = 600000;

type Codec = Record<string, ((...args: never[]) => unknown) | number>;

export function callAssembly(module: AssemblyModule, each: InterfaceModel, method: MethodModel, cap: number, args: Record<string, unknown>, capacity: number): Record<string, unknown> {
  const values: (number | bigint)[] = [cap];
  for (const argument of method.args) {
    const value = args[argument.name];
    if (argument.register !== "range") { values.push(typeof value === "boolean" ? Number(value) : scalarIs64(argument.type) ? value as bigint : value as number); continue; }
    const bytes = isRecord(argument.type) ? (records as unknown as Codec)[`write${argument.type.name}`] as (value: unknown) => Uint8Array : undefined;
    const data = bytes ? bytes(value) : typeof value === "string" ? new TextEncoder().encode(value) : value as Uint8Array;
    module.bytes.set(data, SENT[argument.index]!);
    values.push(SENT[argument.index]!);
    if (!bytes) values.push(data.length);
  }
  const received = of(method.results, "range")[0];
  if (received) values.push(RECEIVED, isRecord(received.type) ? received.type.size : capacity);
  module.scramble();
  const status = module.exports[`${each.name}_${method.name}`]!(...values) as number;
  if (status < 0) return { error: -status };
  const results: Record<string, unknown> = { error: 0 };
  for (const result of method.results) {
    const getter = (suffix = ""): number | bigint => module.exports[`${each.name}_${method.name}_${result.name}${suffix}`]!();
    if (result.register === "range") {
      const data = module.bytes.slice(RECEIVED, RECEIVED + (getter("_length") as number));
      results[result.name] = isRecord(result.type) ? ((records as unknown as Codec)[`read${result.type.name}`] as (bytes: Uint8Array) => unknown)(data)
        : result.type === "string" ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(data) : data;
    } else results[result.name] = asTyped(result.register === "cap" ? "i32" : scalarOf(result.type), getter());
  }
  return results;
}

function scalarIs64(type: MethodModel["args"][number]["type"]): boolean { return type === "u64" || type === "i64"; }

/** JavaScript sees Wasm integers as signed: read them as what they are. */
function asTyped(type: string, value: number | bigint): unknown {
  switch (type) {
    case "bool": return value !== 0;
    case "u64": return BigInt.asUintN(64, value as bigint);
    case "u8": case "u16": case "u32": return (value as number) >>> 0;
    default: return value;
  }
}
