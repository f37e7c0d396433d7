// What a descriptor is, as WASI tells it. One that was inherited is asked when this is first of interest.

import {
  FILETYPE_BLOCK_DEVICE, FILETYPE_CHARACTER_DEVICE, FILETYPE_DIRECTORY, FILETYPE_REGULAR_FILE, FILETYPE_SOCKET_STREAM,
  FILETYPE_SYMBOLIC_LINK, FILETYPE_UNKNOWN, RIGHTS_ALL, RIGHTS_DIRECTORY, RIGHTS_FILE, RIGHT_FD_ALLOCATE, RIGHT_FD_DATASYNC,
  RIGHT_FD_FILESTAT_SET_SIZE, RIGHT_FD_READ, RIGHT_FD_SEEK, RIGHT_FD_TELL, RIGHT_FD_WRITE,
} from "../layout/wasi";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { ATTRIBUTES_SIZE, Attributes, TERMINAL_STATE_SIZE } from "../../../abi/generated/assembly/records";
import { directory_stat } from "../../../abi/generated/assembly/client/directory";
import { file_stat } from "../../../abi/generated/assembly/client/file";
import { terminal_state } from "../../../abi/generated/assembly/client/terminal";
import {
  CAN_READ, CAN_WRITE, Descriptor, KIND_BLOCK_DEVICE, KIND_DEVICE, KIND_DIRECTORY, KIND_PIPE, KIND_REGULAR, KIND_SOCKET,
  KIND_TERMINAL, KIND_UNKNOWN,
} from "./descriptor-table";
import { record } from "./region";

/** Find out the descriptor's kind if it is not known. It stays unknown if its server is gone. */
export function describe(open: Descriptor): void {
  if (open.kind != KIND_UNKNOWN) return;
  if (file_stat(open.file, record(), ATTRIBUTES_SIZE) >= 0) {
    open.kind = kindOf(Attributes.at(record()).kind);
    if (open.kind == KIND_DEVICE && terminal_state(open.file, record(), TERMINAL_STATE_SIZE) >= 0) open.kind = KIND_TERMINAL;
  } else if (directory_stat(open.file, true, record(), 0, record(), ATTRIBUTES_SIZE) >= 0) open.kind = KIND_DIRECTORY;
}

/** The kind of descriptor that an open file of this FileKind is. */
export function kindOf(kind: u32): u8 {
  switch (kind) {
    case FileKind.Regular: return KIND_REGULAR;
    case FileKind.Directory: return KIND_DIRECTORY;
    case FileKind.CharacterDevice: return KIND_DEVICE;
    case FileKind.BlockDevice: return KIND_BLOCK_DEVICE;
    case FileKind.Pipe: return KIND_PIPE;
    case FileKind.Socket: return KIND_SOCKET;
    default: return KIND_UNKNOWN;
  }
}

/** The WASI filetype of a FileKind. WASI has no pipes; they are unknown to it, as other hosts have it. */
export function filetypeOf(kind: u32): u32 {
  switch (kind) {
    case FileKind.Regular: return FILETYPE_REGULAR_FILE;
    case FileKind.Directory: return FILETYPE_DIRECTORY;
    case FileKind.SymbolicLink: return FILETYPE_SYMBOLIC_LINK;
    case FileKind.CharacterDevice: return FILETYPE_CHARACTER_DEVICE;
    case FileKind.BlockDevice: return FILETYPE_BLOCK_DEVICE;
    case FileKind.Socket: return FILETYPE_SOCKET_STREAM;
    default: return FILETYPE_UNKNOWN;
  }
}

/** The WASI filetype of a descriptor that was described. */
export function filetypeOfDescriptor(open: Descriptor): u32 {
  switch (open.kind) {
    case KIND_REGULAR: return FILETYPE_REGULAR_FILE;
    case KIND_DIRECTORY: return FILETYPE_DIRECTORY;
    case KIND_DEVICE:
    case KIND_TERMINAL: return FILETYPE_CHARACTER_DEVICE;
    case KIND_BLOCK_DEVICE: return FILETYPE_BLOCK_DEVICE;
    case KIND_SOCKET: return FILETYPE_SOCKET_STREAM;
    default: return FILETYPE_UNKNOWN;
  }
}

export function canSeek(open: Descriptor): bool {
  return open.kind == KIND_REGULAR || open.kind == KIND_DEVICE || open.kind == KIND_BLOCK_DEVICE;
}

/** The rights that WASI reports: all that mean something on the descriptor. A terminal is told by having neither seek nor tell
 *  (this is how wasi-libc's `isatty` does it), read and write by how the file was opened (`fcntl(F_GETFL)`). */
export function rightsOf(open: Descriptor): u64 {
  if (open.kind == KIND_DIRECTORY) return RIGHTS_DIRECTORY;
  let rights: u64 = RIGHTS_FILE;
  if (!canSeek(open)) rights &= ~<u64>(RIGHT_FD_SEEK | RIGHT_FD_TELL);
  if (!(open.flags & CAN_READ)) rights &= ~<u64>RIGHT_FD_READ;
  if (!(open.flags & CAN_WRITE)) rights &= ~<u64>(RIGHT_FD_WRITE | RIGHT_FD_ALLOCATE | RIGHT_FD_FILESTAT_SET_SIZE | RIGHT_FD_DATASYNC);
  return rights;
}

/** The rights of what is opened through the descriptor. */
export function inheritedRights(open: Descriptor): u64 {
  return open.kind == KIND_DIRECTORY ? RIGHTS_ALL : 0;
}
