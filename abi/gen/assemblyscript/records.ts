// AssemblyScript records: an `@unmanaged` class laid over memory, with its offsets and size asserted while compiling.
import type { RecordType } from "../../idl/dsl.ts";
import type { Model } from "../model.ts";
import { scalarSizes } from "../model.ts";
import { constant } from "../naming.ts";
import { generatedFrom } from "../output.ts";

export function assemblyRecords(model: Model): string {
  return `${generatedFrom("server/*.idl.ts")}
// Records as they lie in memory. \`Attributes.at(address).size\` reads and writes the field in place; nothing is allocated.

${model.records.map(record).join("\n\n")}
`;
}

function record(each: RecordType): string {
  const fields = Object.entries(each.fields).sort(([, a], [, b]) => a.offset - b.offset);
  const lines: string[] = [];
  let at = 0, paddings = 0;
  const pad = (to: number): void => {
    while (at < to) {
      const size = [8, 4, 2, 1].find((width) => at % width === 0 && at + width <= to)!;
      lines.push(`  private padding${paddings++}: u${size * 8};`);
      at += size;
    }
  };
  for (const [name, field] of fields) {
    pad(field.offset);
    lines.push(`  /** ${field.doc} */`, `  ${name}: ${field.type};`);
    at += scalarSizes[field.type];
  }
  pad(each.size);
  const asserted = fields.map(([name, field]) => `if (offsetof<${each.name}>("${name}") != ${field.offset}) ERROR("${each.name}.${name} is not at ${field.offset}");`);
  return `/** ${each.doc} */
// @ts-ignore: decorator
@unmanaged
export class ${each.name} {
${lines.join("\n")}
  // @ts-ignore: decorator
  @inline static at(address: usize): ${each.name} { return changetype<${each.name}>(address); }
}
export const ${constant(each.name)}_SIZE: i32 = ${each.size};
${asserted.join("\n")}
if (offsetof<${each.name}>() != ${each.size}) ERROR("${each.name} is not ${each.size} bytes");`;
}
