// Reads the system calls' declarations where they are written: lib/assembly/kernel.ts and `SystemCalls` of lib/ts/kernel.ts.
// Nothing is said twice: the reference takes signatures and sentences from here.

export interface Declaration { readonly name: string; readonly parameters: readonly { name: string; type: string }[]; readonly result: string; readonly doc: string }

/** Every `declare function` of an AssemblyScript file. */
export function assemblyDeclarations(source: string): Declaration[] {
  return declarations(source, /^@external\("kernel", "\w+"\) export declare function (\w+)\(([^)]*)\): (\w+);$/);
}

/** Every method of an interface of a TypeScript file, one to a line. */
export function interfaceDeclarations(source: string, name: string): Declaration[] {
  const start = source.indexOf(`export interface ${name} {\n`);
  if (start < 0) throw new Error(`there is no interface ${name}`);
  return declarations(source.slice(start, source.indexOf("\n}", start)), /^ {2}(\w+)\(([^)]*)\): (.+);$/);
}

function declarations(source: string, form: RegExp): Declaration[] {
  const found: Declaration[] = [];
  let doc: string[] = [];
  for (const line of source.split("\n")) {
    const declared = form.exec(line);
    if (declared) {
      const [, name, list, result] = declared as unknown as [string, string, string, string];
      const parameters = list.split(", ").filter(Boolean).map((each) => { const at = each.indexOf(":"); return { name: each.slice(0, at), type: each.slice(at + 2) }; });
      found.push({ name, parameters, result, doc: doc.join(" ") });
      doc = [];
    } else if (/^\s*(\/\*\*|\*)/.test(line)) {
      if (line.includes("/**")) doc = [];
      const text = line.replace(/^\s*\/?\*+\/?/, "").replace(/\*\/\s*$/, "").trim();
      if (text) doc.push(text);
    } else doc = [];
  }
  return found;
}
