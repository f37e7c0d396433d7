// abi/generated/names.json: label number -> "interface.method", for tools that are not TypeScript.
import type { Model } from "../model.ts";

/** What the kernel itself delivers: interface number 0. */
export function kernelLabels(limits: Readonly<Record<string, unknown>>): Record<string, number> {
  const entries = Object.entries(limits).filter((entry): entry is [string, number] => entry[0].startsWith("LABEL_"));
  return Object.fromEntries(entries.map(([name, label]) => {
    const words = name.slice("LABEL_".length).toLowerCase().split("_");
    return [`kernel.${words[0]}${words.slice(1).map((word) => word[0]!.toUpperCase() + word.slice(1)).join("")}`, label] as const;
  }).sort((a, b) => a[1] - b[1]));
}

export function namesFile(model: Model, kernel: Readonly<Record<string, number>>): string {
  const names: Record<string, string> = {};
  for (const [name, label] of Object.entries(kernel)) names[label] = name;
  for (const each of model.interfaces) for (const method of each.methods) names[method.label] = `${each.name}.${method.name}`;
  return JSON.stringify(names, null, 2) + "\n";
}
