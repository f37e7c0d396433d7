// AssemblyScript server dispatch: checks the shape of a message, takes the registers apart and calls the handler; and the
// functions by which a handler gives its results.
import type { InterfaceModel, MethodModel, ParameterModel } from "../model.ts";
import { isRecord, of, scalarOf } from "../model.ts";
import { kebab, parameter, pascal } from "../naming.ts";
import { generatedFrom } from "../output.ts";
import { fromWord } from "./client.ts";

/** `depth`: folders between the file and the repository's root. */
export function assemblyDispatch(each: InterfaceModel, depth: number): string {
  const root = "../".repeat(depth);
  return `${generatedFrom(each.source)}
// Dispatch of \`${each.name}\` (${each.doc.split(". ")[0]!.replace(/\.$/, "")}).
// \`../${kebab(each.name)}\` exports one handler per method: (badge, …scalars, …capability slots, …length of each send range, room in the
// receive range) -> 0, a negated error, or DEFERRED. A handler of a method with results gives them with answer_<method> just before it
// returns 0, since any call on clobbers the registers. After DEFERRED, reply_<method> sends the answer to the slot of kernel.saveReply().
import * as kernel from "${root}lib/assembly/kernel";
import { BadMessage, BadMethod } from "${root}abi/generated/assembly/errors";
import * as handlers from "../${kebab(each.name)}";

/** A message must have the shape that its method declares, else BadMessage; an unknown method is BadMethod. */
export function dispatch${pascal(each.name)}(label: i32, badge: i32): i32 {
  kernel.answer = 0;
  switch (label & 0xff) {
${each.methods.map(dispatchCase).join("\n")}
    default: return BadMethod;
  }
}

${each.methods.map(answers).join("\n")}`;
}

function dispatchCase(method: MethodModel): string {
  const words = of(method.args, "word"), caps = of(method.args, "cap"), ranges = of(method.args, "range");
  const received = of(method.results, "range")[0];
  const checks = [`kernel.shape != ${method.requestShape}`];
  for (const range of ranges) if (isRecord(range.type)) checks.push(`kernel.s${range.index}n != ${range.type.size}`);
  if (received && isRecord(received.type)) checks.push(`kernel.r0n < ${received.type.size}`);
  const passed = [
    "<u32>badge", ...words.map((word) => fromWord(scalarOf(word.type), word.index)), ...caps.map((cap) => `kernel.c${cap.index}`),
    ...ranges.map((range) => `kernel.s${range.index}n`), ...(received ? ["kernel.r0n"] : []),
  ];
  const clear = method.answerShape ? "if (status < 0) kernel.answer = 0;" : "kernel.answer = 0;";
  return `    case ${method.number}: {
      if (${checks.join(" || ")}) return BadMessage;
      const status = handlers.${method.name}(${passed.join(", ")});
      ${clear}
      return status;
    }`;
}

function answers(method: MethodModel): string {
  const results = [...of(method.results, "word"), ...of(method.results, "cap")];
  const parameters = results.map((result) => `${parameter(result.name)}: ${result.register === "cap" ? "i32" : scalarOf(result.type)}`).join(", ");
  const set = results.map((result) => `  ${setResult(result)}\n`).join("");
  const comma = results.length ? ", " : "";
  return `/** The results of \`${method.name}\`${results.length ? `: ${results.map((r) => `${r.name}, ${r.doc}`).join("; ")}` : ": no words and no capabilities"}. */
// @ts-ignore: decorator
@inline
export function answer_${method.name}(${parameters}): void {
${set}  kernel.answer = ${method.answerShape};
}
/** The same, to a call that was deferred; uses up \`slot\`. */
export function reply_${method.name}(slot: i32${comma}${parameters}): i32 {
${set}  return kernel.reply(slot, 0, ${method.answerShape});
}
`;
}

function setResult(result: ParameterModel): string {
  const name = parameter(result.name);
  return result.register === "cap" ? `kernel.c${result.index} = ${name};` : `kernel.w${result.index} = <i64>${name};`;
}
