// AssemblyScript constants: errors as statuses, labels, enumerations.
import type { ErrorDefinition } from "../../idl/errors.ts";
import type { Model } from "../model.ts";
import { constant, hex } from "../naming.ts";
import { generatedFrom } from "../output.ts";

export function assemblyErrors(errors: Readonly<Record<string, ErrorDefinition>>): string {
  const lines = Object.entries(errors).map(([name, { number, cause }]) => `/** ${cause} */\nexport const ${name}: i32 = -${number};`);
  return `${generatedFrom("errors.ts")}\n// The errors as statuses: already negated, ready to be returned or compared.\n\n${lines.join("\n")}\n`;
}

export function assemblyLabels(model: Model): string {
  const lines = model.interfaces.map((each) => [
    `export const INTERFACE_${constant(each.name)}: i32 = ${hex(each.number, 2)};`,
    ...each.methods.map((method) => `export const LABEL_${constant(each.name)}_${constant(method.name)}: i32 = ${hex(method.label, 4)};`),
  ].join("\n"));
  return `${generatedFrom("server/*.idl.ts")}\n// Interface numbers, and labels: interface × 256 + method.\n\n${lines.join("\n\n")}\n`;
}

export function assemblyEnumerations(model: Model): string {
  const blocks = model.enumerations.map((each) =>
    `/** ${each.doc} */\nexport const enum ${each.name} {\n${Object.entries(each.values).map(([name, value]) => `  ${name} = ${value},`).join("\n")}\n}`);
  return `${generatedFrom("server/*.idl.ts")}\n// Enumerations and flag sets. They travel, and are passed, as u32.\n\n${blocks.join("\n\n")}\n`;
}
