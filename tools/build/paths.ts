// Where things are. All paths that the tools use are relative to the repository's root.

import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** An absolute path for one that is relative to the root. */
export const inRoot = (path: string): string => root + path;
