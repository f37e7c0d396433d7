// The address of a file of the site as it is in this build: a browser that has kept it need not ask for it again.

import versions from "virtual:file-versions";

export function siteFile(path: string, base: string): URL {
  const version = versions[path];
  return new URL(version === undefined ? path : `${path}?v=${version}`, base);
}
