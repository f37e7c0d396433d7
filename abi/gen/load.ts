// Reads the definitions: every export of every `*.idl.ts` under the given folders of abi/idl, in a fixed order.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Enumeration, Interface, RecordType } from "../idl/dsl.ts";
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
