// Refuses descriptions of kernel objects that do not match the system calls there are: each call belongs to exactly one object,
// and each has a sentence, either where it is declared or in its description.
import type { KernelObject } from "../idl/dsl.ts";
import { errors } from "../idl/errors.ts";
import * as limits from "../layout/limits.ts";
import type { Declaration } from "./documents/declarations.ts";
import { DefinitionError } from "./validate.ts";

export function validateObjects(objects: readonly KernelObject[], declarations: readonly Declaration[]): void {
  const declared = new Map(declarations.map((each) => [each.name, each])), owners = new Map<string, string>();
  for (const each of objects) {
    for (const right of Object.keys(each.rights)) {
      if (!(`RIGHT_${right.toUpperCase()}` in limits)) throw new DefinitionError("BadValue", each.name, `${right} is no right`);
    }
    for (const [name, call] of Object.entries(each.calls)) {
      const where = `${each.name}.${name}`, owner = owners.get(name), declaration = declared.get(name);
      if (owner) throw new DefinitionError("DuplicateName", where, `the call is described under ${owner} too`);
      owners.set(name, each.name);
      if (!declaration) throw new DefinitionError("UndeclaredCall", where, "there is no such system call");
      if (!call.doc && !declaration.doc) throw new DefinitionError("MissingSentence", where, "neither its declaration nor its description says what it does");
      if (call.doc && declaration.doc) throw new DefinitionError("DuplicateName", where, "its sentence stands at its declaration already");
      for (const error of call.errors) if (!(error in errors)) throw new DefinitionError("UnknownError", where, `${error} is not in errors.ts`);
    }
  }
  for (const name of declared.keys()) if (!owners.has(name)) throw new DefinitionError("UndescribedCall", name, "no object of abi/idl/kernel describes this system call");
}
