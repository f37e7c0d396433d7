// AssemblyScript client stubs. The hot path is a few `global.set`s and one call; nothing allocates and nothing loops.
import type { InterfaceModel, MethodModel, ParameterModel } from "../model.ts";
import { isRecord, of, scalarOf, typeName } from "../model.ts";
import { constant, hex, parameter } from "../naming.ts";
import { generatedFrom } from "../output.ts";
import { docComment } from "../comment.ts";

export function assemblyClient(each: InterfaceModel): string {
  const methods = each.methods.map((method) => stub(each, method));
  const errors = ["TooLong", "BadArgument"].filter((name) => methods.some((text) => text.includes(`return ${name};`)));
  const records = [...new Set(each.methods.flatMap((m) => m.results).filter((r) => isRecord(r.type)).map((r) => constant(typeName(r.type)) + "_SIZE"))].sort();
  const limits = ["RANGE_LIMIT", "TRANSFER_LIMIT"].filter((name) => methods.some((text) => text.includes(name)));
  return [
    generatedFrom(each.source),
    `// ${each.doc}`,
    "// Call <interface>_<method>; if the status is 0, read the results with <interface>_<method>_<result>() before the next call.",
    'import * as kernel from "../../../../lib/assembly/kernel";',
    limits.length ? `import { ${limits.join(", ")} } from "../../../layout/limits";` : "",
    errors.length ? `import { ${errors.join(", ")} } from "../errors";` : "",
    records.length ? `import { ${records.join(", ")} } from "../records";` : "",
  ].filter(Boolean).join("\n") + "\n\n" + methods.join("\n");
}

function stub(each: InterfaceModel, method: MethodModel): string {
  const name = `${each.name}_${method.name}`;
  const received = of(method.results, "range")[0];
  const lines: string[] = [];
  for (const range of of(method.args, "range")) {
    if (!isRecord(range.type)) lines.push(`  if (<u32>${parameter(range.name)}Length > <u32>${range.limit}) return TooLong;`);
  }
  if (received) {
    const least = isRecord(received.type) ? ` || capacity < ${constant(received.type.name)}_SIZE` : "";
    lines.push(`  if (<u32>capacity > <u32>${received.limit}${least}) return BadArgument;`);
  }
  for (const argument of method.args) lines.push(...setRegister(argument));
  if (received) lines.push("  kernel.r0a = buffer;", "  kernel.r0n = capacity;");
  lines.push(`  return kernel.call(cap, ${hex(method.label, 4)}, ${method.requestShape});`);
  const parameters = ["cap: i32", ...method.args.flatMap(stubParameters)];
  if (received) parameters.push("buffer: usize", "capacity: i32");
  return docComment(method)
    + `// @ts-ignore: decorator\n@inline\nexport function ${name}(${parameters.join(", ")}): i32 {\n${lines.join("\n")}\n}\n`
    + method.results.map((result) => getter(name, result)).join("");
}

function stubParameters(argument: ParameterModel): string[] {
  const name = parameter(argument.name);
  if (argument.register === "cap") return [`${name}: i32`];
  if (argument.register === "word") return [`${name}: ${scalarOf(argument.type)}`];
  return isRecord(argument.type) ? [`${name}: usize`] : [`${name}: usize`, `${name}Length: i32`];
}

function setRegister(argument: ParameterModel): string[] {
  const name = parameter(argument.name), { index } = argument;
  if (argument.register === "cap") return [`  kernel.c${index} = ${name};`];
  if (argument.register === "word") return [`  kernel.w${index} = <i64>${name};`];
  return [`  kernel.s${index}a = ${name};`, `  kernel.s${index}n = ${isRecord(argument.type) ? argument.type.size : name + "Length"};`];
}

function getter(stubName: string, result: ParameterModel): string {
  const inline = `/** ${result.doc}${result.register === "range" ? " (bytes delivered)" : ""} */\n// @ts-ignore: decorator\n@inline\n`;
  const name = `${stubName}_${result.name}`;
  if (result.register === "cap") return `${inline}export function ${name}(): i32 { return kernel.c${result.index}; }\n`;
  if (result.register === "range") return `${inline}export function ${name}_length(): i32 { return kernel.r0n; }\n`;
  const type = scalarOf(result.type);
  return `${inline}export function ${name}(): ${type} { return ${fromWord(type, result.index)}; }\n`;
}

/** A received word as its type. Words are never trusted to be in range: they are cut to it. */
export function fromWord(type: string, index: number): string {
  return type === "bool" ? `kernel.w${index} != 0` : `<${type}>kernel.w${index}`;
}
