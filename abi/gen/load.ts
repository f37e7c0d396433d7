// Reads the definitions: every export of every `*.idl.ts` under the given folders of abi/idl, in a fixed order.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Enumeration, Interface, KernelObject, RecordType } from "../idl/dsl.ts";
import type { Definitions } from "./model.ts";

type Definition = Interface | Enumeration | RecordType;

export async function loadDefinitions(root: string, folders: readonly string[]): Promise<Definitions> {
  const interfaces: { source: string; definition: Interface }[] = [];
  const enumerations: Enumeration[] = [], records: RecordType[] = [];
  for (const folder of folders) {
    for (const file of readdirSync(join(root, folder)).filter((name) => name.endsWith(".idl.ts")).sort()) {
      const exported = await import(pathToFileURL(join(root, folder, file)).href) as Record<string, Definition>;
      for (const definition of Object.values(exported)) {
        switch (definition?.kind) {
          case "interface": interfaces.push({ source: `${folder}/${file}`, definition }); break;
          case "record": records.push(definition); break;
          case "enum": case "flags": enumerations.push(definition); break;
        }
      }
    }
  }
  return { interfaces, enumerations, records };
}

/** The kernel's objects, in the order in which the reference presents them. */
export async function loadObjects(root: string): Promise<KernelObject[]> {
  const objects: KernelObject[] = [];
  for (const name of ["domain", "thread", "endpoint", "reply", "notification", "dataspace", "capability", "system"]) {
    const exported = await import(pathToFileURL(join(root, "kernel", `${name}.idl.ts`)).href) as Record<string, KernelObject>;
    objects.push(exported[name]!);
  }
  return objects;
}
