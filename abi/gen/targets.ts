// Which AssemblyScript servers serve which interfaces. Each gets a dispatch in its own folder, since AssemblyScript has no
// closures through which a shared one could reach the handlers.

export interface Target {
  /** The folder that holds the handlers, one kebab-case file per interface; the dispatch goes to its `generated/`. */
  readonly folder: string;
  readonly interfaces: readonly string[];
}

export const targets: readonly Target[] = [
  { folder: "servers/vfs/assembly", interfaces: ["directory", "file"] },
  { folder: "servers/tmpfs/assembly", interfaces: ["fileSystem", "file", "paths"] },
  { folder: "servers/ext2/assembly", interfaces: ["fileSystems", "fileSystem", "file", "paths"] },
  { folder: "servers/fat/assembly", interfaces: ["fileSystems", "fileSystem", "file", "paths"] },
  { folder: "servers/pipe/assembly", interfaces: ["pipe", "file"] },
  { folder: "servers/names/assembly", interfaces: ["names"] },
  { folder: "servers/cache/assembly", interfaces: ["cache", "volume"] },
  { folder: "abi/gen/test/assembly", interfaces: ["echo"] },
];
