// The boot manifest: what init makes of an empty machine. Written in YAML; see servers/init/README.md for every key. This file says what the
// keys are; check.ts what must hold between them.

import { check } from "./check.ts";
import { boolean, byteSize, dictionary, list, matching, oneOf, optional, plain, readDocument, record, required, singleLine, text, wholeNumber, type Place } from "./yaml-reader.ts";

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const name = matching(NAME, "a name (lower case, digits, hyphens)");
const path = matching(/^\/[^\0]{0,4094}$/, "an absolute path");
const mode = wholeNumber(0, 0o7777);
const MIB = 1024 * 1024;

const server = record({
  name: required(name),
  image: optional(name, ""),
  placement: optional(oneOf("worker", "inline", "linked"), "worker"),
  with: optional(name, ""),
  memory: optional(byteSize, 64 * MIB),
  capabilities: optional(wholeNumber(16, 65536), 4096),
  arguments: optional(dictionary(/^[a-z][a-z0-9-]*$/, singleLine), new Map<string, string | number | boolean>()),
  devices: optional(list(oneOf("terminal", "fetch", "random", "line", "storage")), []),
  calls: optional(list(name), []),
  administer: optional(boolean, false),
  public: optional(boolean, true),
  start: optional(oneOf("boot", "demand"), "boot"),
});
const mount = record({
  path: required(path),
  server: optional(name, ""),
  disk: optional(matching(/^[a-z][a-z0-9-]{0,57}:[A-Za-z0-9._-]{1,63}$/, "a disk (DRIVER:NAME)"), ""),
  type: optional(oneOf("ext2", "fat", "auto"), "auto"),
  create: optional(byteSize, 0),
  from: optional(singleLine, ""),
  "read-only": optional(boolean, false),
  protocol: optional(wholeNumber(1, 3), 2),
});
const directory = record({ path: required(path), mode: optional(mode, 0o755) });
const link = record({ path: required(path), target: required(text) });
const file = record({ path: required(path), mode: optional(mode, 0o644), text: optional(text, undefined as string | undefined), base64: optional(text, undefined as string | undefined) });
const variables = dictionary(/^[A-Za-z_][A-Za-z0-9_]*$/, plain);
const profile = record({
  program: required(path),
  arguments: optional(list(text), [] as string[]),
  environment: optional(variables, new Map<string, string | number | boolean>()),
  directory: optional(path, "/"),
  administer: optional(boolean, false),
  "handles-interrupt": optional(boolean, false),
});
const terminal = record({ number: required(wholeNumber(0, 62)), profile: optional(name, "") });

const shape = record({
  servers: required(list(server)),
  mounts: required(list(mount)),
  directories: optional(list(directory), []),
  links: optional(list(link), []),
  files: optional(list(file), []),
  profiles: required(dictionary(NAME, profile)),
  "default-profile": required(name),
  environment: optional(variables, new Map<string, string | number | boolean>()),
  terminals: optional(list(terminal), []),
});

export type Manifest = ReturnType<typeof shape>;
export type ServerEntry = Manifest["servers"][number];
export type MountEntry = Manifest["mounts"][number];
export type Profile = ReturnType<typeof profile>;
export type { Place };

/** The manifest, or Refused thrown with the line and the reason. `images` are the names of the images there are. */
export function readManifest(source: string, images: ReadonlySet<string>): Manifest {
  const manifest = readDocument(source, shape);
  check(manifest, images);
  return manifest;
}
