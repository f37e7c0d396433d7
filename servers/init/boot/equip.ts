// What a process of init's finds among its descriptors: three streams, a directory, the Notification that tells of its end, and, if it may administer, the root of
// all files and the System object.

import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import type { ProcessClient } from "../../../abi/generated/ts/client/process.ts";
import { FileFlags, FileKind } from "../../../abi/generated/ts/enums.ts";
import { DESCRIPTOR_DIRECTORY, DESCRIPTOR_ROOT, DESCRIPTOR_SYSTEM, DESCRIPTOR_WATCH, RIGHT_ALL, RIGHT_RECEIVE, SLOT_SYSTEM } from "../../../abi/layout/limits.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";

export interface Equipment {
  /** Slot of its standard input, output and error. */
  readonly stream: number;
  readonly directory: string;
  readonly administer: boolean;
  readonly notification: number;
  /** Slot, with all rights. */
  readonly vfs: number;
}

/** 0, or the error. */
export function equip(kernel: Kernel, process: ProcessClient, pid: number, { stream, directory, administer, notification, vfs }: Equipment): number {
  for (const descriptor of [0, 1, 2]) {
    const given = process.give(pid, descriptor, stream);
    if (given.error) return given.error;
  }
  const watched = process.give(pid, DESCRIPTOR_WATCH, notification);
  if (watched.error) return watched.error;
  const opened = new DirectoryClient(kernel, vfs).open(FileFlags.Read | FileFlags.Directory, 0, directory);
  if (!opened.error) {
    if (opened.kind === FileKind.Directory) process.give(pid, DESCRIPTOR_DIRECTORY, opened.file);
    kernel.capDelete(opened.file);
    if (opened.data) kernel.capDelete(opened.data);
  }
  if (!administer) return 0;
  const root = kernel.capMint(vfs, RIGHT_ALL & ~RIGHT_RECEIVE, 0);
  const error = process.give(pid, DESCRIPTOR_ROOT, root).error || process.give(pid, DESCRIPTOR_SYSTEM, SLOT_SYSTEM).error;
  kernel.capDelete(root);
  return error;
}
