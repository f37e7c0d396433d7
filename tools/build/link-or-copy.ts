import { copyFileSync, linkSync } from "node:fs";

/** Puts a file in a second place. Large files are not worth a second copy on the disk: a hard link, where there can be one. */
export function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
