// TypeScript client stubs: a class per interface, a method and its `Async` twin per method.
import { docComment } from "../comment.ts";
import type { InterfaceModel, MethodModel, ParameterModel } from "../model.ts";
import { isRecord, of, scalarOf } from "../model.ts";
import { hex, parameter, pascal } from "../naming.ts";
import { generatedFrom } from "../output.ts";
import { importUsed, namedTypes, toRange, toWord, typeOf } from "./shape.ts";

export function typescriptClient(each: InterfaceModel): string {
  const types = each.methods.map((method) => resultType(each, method)).join("\n");
  const methods = each.methods.flatMap((method) => [stub(each, method, false), stub(each, method, true)]).join("\n");
  const helpers = each.methods.flatMap((method) => [encode(method), decode(each, method)]).join("\n");
  const body = `${types}

/** ${each.doc} */
export class ${pascal(each.name)}Client {
  /** \`timeout\`: microseconds that each call may take; -1 for ever. */
  constructor(readonly kernel: Kernel, readonly cap: number, readonly timeout = -1) {}

${methods}}

${helpers}`;
  const { enumerations, records } = namedTypes(each.methods.flatMap((method) => [...method.args, ...method.results]));
  const imports = importUsed(body, ["Answer", "Kernel", "Outgoing"], "../../../../lib/ts/kernel.ts", true)
    + importUsed(body, ["RANGE_LIMIT", "TRANSFER_LIMIT"], "../../../layout/limits.ts")
    + importUsed(body, enumerations, "../enums.ts", true)
    + importUsed(body, ["ErrorNumber"], "../errors.ts", true)
    + importUsed(body, ["Errors"], "../errors.ts")
    + importUsed(body, ["Failure"], "../message.ts", true)
    + importUsed(body, ["decodeText", "encodeText", "failure", "fromWord", "isAnswered"], "../message.ts")
    + importUsed(body, records, "../records.ts", true)
    + importUsed(body, records.flatMap((name) => [`${name}Size`, `read${name}`, `write${name}`]), "../records.ts");
  return `${generatedFrom(each.source)}\n${imports}\n${body}`;
}

export function resultName(each: InterfaceModel, method: MethodModel): string { return `${pascal(each.name)}${pascal(method.name)}Result`; }

function resultType(each: InterfaceModel, method: MethodModel): string {
  const fields = method.results.map((result) => `; /** ${result.doc} */ ${result.name}: ${typeOf(result)}`).join("");
  return `export type ${resultName(each, method)} = { error: 0${fields} } | Failure;`;
}

function hasCapacity(method: MethodModel): boolean { return of(method.results, "range").some((range) => !isRecord(range.type)); }

function stub(each: InterfaceModel, method: MethodModel, later: boolean): string {
  const parameters = method.args.map((argument) => `${parameter(argument.name)}: ${typeOf(argument)}`);
  if (hasCapacity(method)) parameters.push("capacity = RANGE_LIMIT");
  const passed = [...method.args.map((argument) => parameter(argument.name)), ...(hasCapacity(method) ? ["capacity"] : [])].join(", ");
  const result = resultName(each, method), call = later ? "await this.kernel.callAsync" : "this.kernel.call";
  const comment = later ? `  /** As \`${method.name}\`, for code that needs its event loop. */\n` : docComment(method, "  ");
  return `${comment}  ${later ? "async " : ""}${method.name}${later ? "Async" : ""}(${parameters.join(", ")}): ${later ? `Promise<${result}>` : result} {
    const message = request${pascal(method.name)}(${passed});
    if (typeof message === "number") return { error: message };
    return result${pascal(method.name)}(${call}(this.cap, ${hex(method.label, 4)}, message, this.timeout));
  }
`;
}

function encode(method: MethodModel): string {
  const parameters = method.args.map((argument) => `${parameter(argument.name)}: ${typeOf(argument)}`);
  const words = of(method.args, "word"), caps = of(method.args, "cap"), ranges = of(method.args, "range");
  const received = of(method.results, "range")[0];
  const lines: string[] = [], fields: string[] = [];
  for (const range of ranges) {
    lines.push(`  const range${range.index} = ${toRange(range, parameter(range.name))};`);
    if (!isRecord(range.type)) lines.push(`  if (range${range.index}.length > ${range.limit}) return Errors.TooLong;`);
  }
  if (words.length) fields.push(`words: [${words.map((word) => toWord(word, parameter(word.name))).join(", ")}]`);
  if (caps.length) fields.push(`caps: [${caps.map((cap) => parameter(cap.name)).join(", ")}]`);
  if (ranges.length) fields.push(`send: [${ranges.map((range) => `range${range.index}`).join(", ")}]`);
  if (received && isRecord(received.type)) fields.push(`receive: ${received.type.name}Size`);
  else if (received) {
    parameters.push("capacity: number");
    lines.push(`  if (!(capacity >= 0 && capacity <= ${received.limit})) return Errors.BadArgument;`);
    fields.push("receive: capacity");
  }
  return `function request${pascal(method.name)}(${parameters.join(", ")}): Outgoing | ErrorNumber {\n${lines.map((line) => line + "\n").join("")}  return {${fields.length ? ` ${fields.join(", ")} ` : ""}};\n}\n`;
}

function decode(each: InterfaceModel, method: MethodModel): string {
  const words = of(method.results, "word").length, caps = of(method.results, "cap").length;
  const received = of(method.results, "range")[0];
  const checks: string[] = [];
  if (words || caps) checks.push(`!isAnswered(answer, ${words}, ${caps})`);
  if (received && isRecord(received.type)) checks.push(`answer.data.length !== ${received.type.name}Size`);
  const check = checks.length ? `  if (${checks.join(" || ")}) return { error: Errors.BadMessage };\n` : "";
  const fields = ["error: 0", ...method.results.map((result) => `${result.name}: ${decoded(result)}`)];
  return `function result${pascal(method.name)}(answer: Answer): ${resultName(each, method)} {
  if (answer.status < 0) return failure(answer.status);
${check}  return { ${fields.join(", ")} };
}
`;
}

function decoded(result: ParameterModel): string {
  if (result.register === "cap") return `answer.caps[${result.index}]!`;
  if (result.register === "word") return `fromWord.${scalarOf(result.type)}(answer.words[${result.index}]!)`;
  return result.type === "string" ? "decodeText(answer.data)" : isRecord(result.type) ? `read${result.type.name}(answer.data)` : "answer.data";
}
