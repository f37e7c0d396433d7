// A browser's exceptions of storage as the device's failures.

import { StorageFailure, type StorageReason } from "../../../lib/ts/storage-device.ts";

const REASONS: Readonly<Record<string, StorageReason>> = {
  NotFoundError: "NotFound", NoModificationAllowedError: "Busy", QuotaExceededError: "NoSpace", NotAllowedError: "Unavailable", SecurityError: "Unavailable",
  // A directory where a file should be: not ours.
  TypeMismatchError: "Exists",
};

export function storageFailure(error: unknown, what: string): StorageFailure {
  if (error instanceof StorageFailure) return error;
  const { name, message } = error as { name?: string; message?: string };
  return new StorageFailure(REASONS[name ?? ""] ?? "Io", `${what}: ${message ?? String(error)}`);
}
