// Documentation comments of generated functions.
import type { MethodModel, ParameterModel } from "./model.ts";
import { typeName } from "./model.ts";
import { parameter } from "./naming.ts";

/** The definition's words, its results and its errors. `rename` maps an argument's name to the emitted parameter's. */
export function docComment(method: MethodModel, indent = ""): string {
  const lines = [method.doc];
  for (const argument of method.args) lines.push(`@param ${parameter(argument.name)} ${argument.doc}`);
  if (method.results.length) lines.push(`Results: ${method.results.map(described).join("; ")}.`);
  if (method.errors.length) lines.push(`Errors: ${method.errors.join(", ")}.`);
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line.replaceAll("*/", "* /")}`), `${indent} */`, ""].join("\n");
}

function described(result: ParameterModel): string { return `${result.name} (${typeName(result.type)}), ${result.doc}`; }
