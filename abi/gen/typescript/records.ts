// TypeScript records: plain objects, read from and written to little-endian bytes.
import type { RecordType, Scalar } from "../../idl/dsl.ts";
import type { Model } from "../model.ts";
import { generatedFrom } from "../output.ts";
import { scalarType } from "./shape.ts";

const accessors: Readonly<Record<Scalar, string>> = { u8: "Uint8", u16: "Uint16", u32: "Uint32", i32: "Int32", u64: "BigUint64", i64: "BigInt64", bool: "Uint8" };

export function typescriptRecords(model: Model): string {
  return `${generatedFrom("server/*.idl.ts")}
// Fixed-size little-endian records. read… and write… throw RangeError where fewer bytes are left than the record has.

${model.records.map(record).join("\n\n")}

function viewOf(bytes: Uint8Array, offset: number, size: number): DataView {
  if (offset < 0 || offset + size > bytes.length) throw new RangeError(\`a record of \${size} bytes does not fit at \${offset} in \${bytes.length} bytes\`);
  return new DataView(bytes.buffer, bytes.byteOffset + offset, size);
}
`;
}

function record(each: RecordType): string {
  const fields = Object.entries(each.fields);
  const order = (type: Scalar): string => (type === "u8" || type === "bool" ? "" : ", true");
  const read = fields.map(([name, { type, offset }]) => `    ${name}: view.get${accessors[type]}(${offset}${order(type)})${type === "bool" ? " !== 0" : ""},`);
  const write = fields.map(([name, { type, offset }]) => `  view.set${accessors[type]}(${offset}, value.${name}${type === "bool" ? " ? 1 : 0" : ""}${order(type)});`);
  return `/** ${each.doc} */
export interface ${each.name} {
${fields.map(([name, field]) => `  /** ${field.doc} */\n  ${name}: ${scalarType(field.type)};`).join("\n")}
}
export const ${each.name}Size = ${each.size};

export function read${each.name}(bytes: Uint8Array, offset = 0): ${each.name} {
  const view = viewOf(bytes, offset, ${each.size});
  return {
${read.join("\n")}
  };
}

/** Write into \`bytes\` at \`offset\`, or into a new array; bytes that belong to no field are left as they are. */
export function write${each.name}(value: ${each.name}, bytes = new Uint8Array(${each.size}), offset = 0): Uint8Array {
  const view = viewOf(bytes, offset, ${each.size});
${write.join("\n")}
  return bytes;
}`;
}
