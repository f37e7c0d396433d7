// TypeScript server dispatch: an interface of handlers, the function that calls them, and the encoders for deferred answers.
import { docComment } from "../comment.ts";
import type { InterfaceModel, MethodModel } from "../model.ts";
import { isRecord, of, scalarOf } from "../model.ts";
import { hex, kebab, parameter, pascal } from "../naming.ts";
import { generatedFrom } from "../output.ts";
import { resultName } from "./client.ts";
import { importUsed, namedTypes, toRange, toWord, typeOf } from "./shape.ts";

export function typescriptServer(each: InterfaceModel): string {
  const handlers = each.methods.map((method) => {
    const parameters = ["context: CallContext", ...method.args.map((argument) => `${parameter(argument.name)}: ${typeOf(argument)}`)];
    return `${docComment(method, "  ")}  ${method.name}(${parameters.join(", ")}): ${resultName(each, method)} | "deferred";`;
  }).join("\n");
  const body = `/** ${each.doc} A handler that answers "deferred" keeps \`context.reply\` and later calls \`kernel.reply\` with an encode… of this file. */
export interface ${pascal(each.name)}Handlers {
${handlers}
}

/** Check a message of interface ${hex(each.number, 2)} and hand it to its handler. */
export function dispatch${pascal(each.name)}(handlers: ${pascal(each.name)}Handlers, incoming: Incoming): Outcome | "deferred" {
  if (incoming.label >>> 8 !== ${hex(each.number, 2)}) return badMethod;
  const { words, caps, ranges } = incoming, context = contextOf(incoming);
  switch (incoming.label & 0xff) {
${each.methods.map((method) => dispatchCase(each, method)).join("\n")}
    default: return badMethod;
  }
}

${each.methods.map((method) => encode(each, method)).join("\n")}`
    .replace("{ words, caps, ranges }", `{ ${["words", "caps", "ranges"].filter((name) => each.methods.some((method) => dispatchCase(each, method).includes(`${name}[`))).join(", ")} }`)
    .replace("const {  } = incoming, context", "const context");
  const { enumerations, records } = namedTypes(each.methods.flatMap((method) => [...method.args, ...method.results]));
  const imports = `import type { Incoming, Outcome } from "../../../../lib/ts/kernel.ts";\n`
    + importUsed(body, each.methods.map((method) => resultName(each, method)), `../client/${kebab(each.name)}.ts`, true)
    + importUsed(body, enumerations, "../enums.ts", true)
    + importUsed(body, ["CallContext"], "../message.ts", true)
    + importUsed(body, ["badArgument", "badMessage", "badMethod", "contextOf", "decodeTextStrictly", "encodeText", "fromWord", "isShaped"], "../message.ts")
    + importUsed(body, records, "../records.ts", true)
    + importUsed(body, records.flatMap((name) => [`${name}Size`, `read${name}`, `write${name}`]), "../records.ts");
  return `${generatedFrom(each.source)}\n${imports}\n${body}`;
}

function encoderName(each: InterfaceModel, method: MethodModel): string { return `encode${pascal(each.name)}${pascal(method.name)}`; }

function dispatchCase(each: InterfaceModel, method: MethodModel): string {
  const words = of(method.args, "word"), caps = of(method.args, "cap"), ranges = of(method.args, "range");
  const received = of(method.results, "range")[0];
  const room = received && isRecord(received.type) ? `${received.type.name}Size` : "0";
  const checks = [`!isShaped(incoming, ${words.length}, ${caps.length}, ${ranges.length}, ${room})`];
  const texts: string[] = [];
  for (const range of ranges) {
    if (isRecord(range.type)) checks.push(`ranges[${range.index}]!.length !== ${range.type.name}Size`);
    if (range.type !== "string") continue;
    texts.push(`      const text${range.index} = decodeTextStrictly(ranges[${range.index}]!);`, `      if (text${range.index} === undefined) return badArgument;`);
  }
  const passed = method.args.map((argument) => {
    const { type, index } = argument;
    if (argument.register === "cap") return `caps[${index}]!`;
    if (argument.register === "word") return `fromWord.${scalarOf(type)}(words[${index}]!)`;
    return type === "string" ? `text${index}` : isRecord(type) ? `read${type.name}(ranges[${index}]!)` : `ranges[${index}]!`;
  });
  return `    case ${method.number}: {
      if (${checks.join(" || ")}) return badMessage;
${texts.map((line) => line + "\n").join("")}      const result = handlers.${method.name}(${["context", ...passed].join(", ")});
      return result === "deferred" ? result : ${encoderName(each, method)}(result);
    }`;
}

function encode(each: InterfaceModel, method: MethodModel): string {
  const words = of(method.results, "word"), caps = of(method.results, "cap"), received = of(method.results, "range")[0];
  const fields = ["status: 0"];
  if (words.length) fields.push(`words: [${words.map((word) => toWord(word, `result.${word.name}`)).join(", ")}]`);
  if (caps.length) fields.push(`caps: [${caps.map((cap) => `result.${cap.name}`).join(", ")}]`);
  if (received) fields.push(`data: ${toRange(received, `result.${received.name}`)}`);
  return `export function ${encoderName(each, method)}(result: ${resultName(each, method)}): Outcome {
  if (result.error) return { status: -result.error };
  return { ${fields.join(", ")} };
}
`;
}
