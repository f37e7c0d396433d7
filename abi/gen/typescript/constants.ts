// TypeScript constants: errors, labels, enumerations, and the public entry of abi/generated/ts.
import type { ErrorDefinition } from "../../idl/errors.ts";
import type { Model } from "../model.ts";
import { hex, kebab } from "../naming.ts";
import { generatedFrom } from "../output.ts";

export function typescriptErrors(errors: Readonly<Record<string, ErrorDefinition>>): string {
  const entries = Object.entries(errors);
  return `${generatedFrom("errors.ts")}
// The errors as positive numbers; a status is 0 or one of them negated.

export const Errors = {
${entries.map(([name, { number, cause }]) => `  /** ${cause} */\n  ${name}: ${number},`).join("\n")}
} as const;

export type ErrorName = keyof typeof Errors;
export type ErrorNumber = (typeof Errors)[ErrorName];

const causes: Readonly<Record<ErrorName, string>> = {
${entries.map(([name, { cause }]) => `  ${name}: ${JSON.stringify(cause)},`).join("\n")}
};
const names = new Map<number, ErrorName>(Object.entries(Errors).map(([name, number]) => [number, name as ErrorName]));

/** The name of an error number or of a negative status; undefined if it is none. */
export function errorName(error: number): ErrorName | undefined { return names.get(Math.abs(error)); }
/** What an error number or negative status means, in words. */
export function errorCause(error: number): string {
  const name = errorName(error);
  return name ? causes[name] : \`unknown error \${Math.abs(error)}\`;
}
`;
}

export function typescriptLabels(model: Model, kernelLabels: Readonly<Record<string, number>>): string {
  const interfaces = model.interfaces.map((each) =>
    `  ${each.name}: { ${each.methods.map((method) => `${method.name}: ${hex(method.label, 4)}`).join(", ")} },`).join("\n");
  const names = [
    ...Object.entries(kernelLabels).map(([name, label]) => `  [${hex(label, 4)}, ${JSON.stringify(name)}],`),
    ...model.interfaces.flatMap((each) => each.methods.map((method) => `  [${hex(method.label, 4)}, "${each.name}.${method.name}"],`)),
  ].join("\n");
  const replayable = model.interfaces.flatMap((each) => each.methods.filter((method) => method.replayable).map((method) => hex(method.label, 4)));
  return `${generatedFrom("server/*.idl.ts")}
// Interface numbers, labels (interface × 256 + method), and their names for traces.

export const Interfaces = {
${model.interfaces.map((each) => `  ${each.name}: ${hex(each.number, 2)},`).join("\n")}
} as const;

export const Labels = {
${interfaces}
} as const;

export const labelNames: ReadonlyMap<number, string> = new Map([
${names}
]);

/** Labels whose calls may be issued again on a new incarnation of their server. */
export const replayableLabels: ReadonlySet<number> = new Set([
  ${replayable.join(", ")},
]);

/** \`interface.method\`, or the number where nothing has that label. */
export function labelName(label: number): string { return labelNames.get(label) ?? "0x" + label.toString(16).padStart(4, "0"); }
`;
}

export function typescriptEnumerations(model: Model): string {
  const blocks = model.enumerations.map((each) => `/** ${each.doc} */
export const ${each.name} = {
${Object.entries(each.values).map(([name, value]) => `  ${name}: ${value},`).join("\n")}
} as const;
/** ${each.kind === "flags" ? "Any union of" : "One of"} the values of \`${each.name}\`; what comes out of a message may be something else. */
export type ${each.name} = number;`);
  return `${generatedFrom("server/*.idl.ts")}
// Enumerations and flag sets.

${blocks.join("\n\n")}

export const enumerations: Readonly<Record<string, { readonly kind: "enum" | "flags"; readonly values: Readonly<Record<string, number>> }>> = {
${model.enumerations.map((each) => `  ${each.name}: { kind: "${each.kind}", values: ${each.name} },`).join("\n")}
};

/** A value in words: \`Regular\`, \`Read|Write\`; a value without a name as its number. */
export function enumerationText(name: string, value: number): string {
  const enumeration = enumerations[name];
  if (!enumeration) return String(value);
  const entries = Object.entries(enumeration.values);
  if (enumeration.kind === "enum") return entries.find(([, each]) => each === value)?.[0] ?? String(value);
  const set = entries.filter(([, each]) => (value & each) !== 0);
  const rest = set.reduce((left, [, each]) => left & ~each, value);
  return [...set.map(([each]) => each), ...(rest || !set.length ? [String(rest)] : [])].join("|");
}
`;
}

export function typescriptIndex(model: Model): string {
  const files = ["enums", "errors", "labels", "message", "records", ...model.interfaces.flatMap((each) => [`client/${kebab(each.name)}`, `server/${kebab(each.name)}`])];
  return `${generatedFrom("server/*.idl.ts")}\n// The public entry. Code that is loaded early imports the single files instead.\n\n${files.map((file) => `export * from "./${file}.ts";`).join("\n")}\n`;
}
