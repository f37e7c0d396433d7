// Path names as text.

export function baseName(path: string, suffix = ""): string {
  if (path === "") return "";
  const trimmed = path.replace(/\/+$/, "");
  if (trimmed === "") return "/";
  const name = trimmed.slice(trimmed.lastIndexOf("/") + 1);
  return suffix !== "" && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

export function directoryName(path: string): string {
  const trimmed = path.replace(/(.)\/+$/, "$1");
  const at = trimmed.lastIndexOf("/");
  if (at < 0) return ".";
  return trimmed.slice(0, at).replace(/\/+$/, "") || "/";
}

export function join(directory: string, name: string): string { return directory.endsWith("/") ? directory + name : `${directory}/${name}`; }
