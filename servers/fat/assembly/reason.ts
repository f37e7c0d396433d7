// Why a volume is refused, or read-only: one line that names a field, its value, and what it should be. A server has no string literals, so texts are
// constants of eight characters each.

import { Text } from "../../../lib/assembly/memory/text";
import { SERVER_STATE } from "../../../lib/assembly/memory/layout";
import { REASON_BUFFER, REASON_SIZE, state } from "./state";

export const REASON_SIGNATURE: i32 = 1;
export const REASON_SECTOR_BYTES: i32 = 2;
export const REASON_CLUSTER_SECTORS: i32 = 3;
export const REASON_RESERVED: i32 = 4;
export const REASON_FATS: i32 = 5;
export const REASON_ROOT_ENTRIES: i32 = 6;
export const REASON_TOTAL: i32 = 7;
export const REASON_FAT_SECTORS: i32 = 8;
export const REASON_ROOM: i32 = 9;
export const REASON_COUNT: i32 = 10;
export const REASON_TOO_MANY: i32 = 11;
export const REASON_ROOT_CLUSTER: i32 = 12;
export const REASON_VERSION: i32 = 13;
export const REASON_OTHER: i32 = 14;
export const REASON_DISK: i32 = 15;
export const REASON_ACTIVE: i32 = 16;
export const REASON_ROOT_CHAIN: i32 = 17;
export const REASON_READ: i32 = 18;
export const REASON_READ_ONLY: i32 = 19;
export const REASON_REPAIR: i32 = 20;

const TEXT: usize = SERVER_STATE + 960;

/** No reason: all is well. */
export function reasonClear(): void { state().reason = 0; }

/** Say why, and give back `status`. Calls nobody, so nobody comes in between. */
export function because(status: i32, reason: i32, value: i64): i32 {
  const text = changetype<Text>(TEXT);
  text.start(REASON_BUFFER, REASON_SIZE);
  field(text, reason);
  text.constant(0x20736920); // " is "
  text.decimal(value);
  text.constant(0x756f6873202c); // ", shou"
  text.constant(0x20656220646c); // "ld be "
  wanted(text, reason);
  state().reason = text.length;
  return status;
}

function field(text: Text, reason: i32): void {
  switch (reason) {
    case REASON_SIGNATURE: // boot sector signature
      text.constant(0x63657320746f6f62); text.constant(0x6e67697320726f74); text.constant(0x6572757461); break;
    case REASON_SECTOR_BYTES: // BPB_BytsPerSec
      text.constant(0x737479425f425042); text.constant(0x636553726550); break;
    case REASON_CLUSTER_SECTORS: // BPB_SecPerClus
      text.constant(0x506365535f425042); text.constant(0x73756c437265); break;
    case REASON_RESERVED: // BPB_RsvdSecCnt
      text.constant(0x647673525f425042); text.constant(0x746e43636553); break;
    case REASON_FATS: // BPB_NumFATs
      text.constant(0x466d754e5f425042); text.constant(0x735441); break;
    case REASON_ROOT_ENTRIES: // BPB_RootEntCnt
      text.constant(0x746f6f525f425042); text.constant(0x746e43746e45); break;
    case REASON_TOTAL: // BPB_TotSec
      text.constant(0x53746f545f425042); text.constant(0x6365); break;
    case REASON_FAT_SECTORS: // BPB_FATSz
      text.constant(0x535441465f425042); text.constant(0x7a); break;
    case REASON_ROOM: // BPB_TotSec
      text.constant(0x53746f545f425042); text.constant(0x6365); break;
    case REASON_COUNT: // count of clusters
      text.constant(0x666f20746e756f63); text.constant(0x72657473756c6320); text.constant(0x73); break;
    case REASON_TOO_MANY: // count of clusters
      text.constant(0x666f20746e756f63); text.constant(0x72657473756c6320); text.constant(0x73); break;
    case REASON_ROOT_CLUSTER: // BPB_RootClus
      text.constant(0x746f6f525f425042); text.constant(0x73756c43); break;
    case REASON_VERSION: // BPB_FSVer
      text.constant(0x655653465f425042); text.constant(0x72); break;
    case REASON_OTHER: // file system name (first byte)
      text.constant(0x73797320656c6966); text.constant(0x656d616e206d6574); text.constant(0x2074737269662820); text.constant(0x2965747962); break;
    case REASON_DISK: // size of the disk in bytes
      text.constant(0x20666f20657a6973); text.constant(0x6b73696420656874); text.constant(0x65747962206e6920); text.constant(0x73); break;
    case REASON_ACTIVE: // active FAT in BPB_ExtFlags
      text.constant(0x4620657669746361); text.constant(0x5042206e69205441); text.constant(0x616c467478455f42); text.constant(0x7367); break;
    case REASON_ROOT_CHAIN: // error number of the root directory
      text.constant(0x756e20726f727265); text.constant(0x20666f207265626d); text.constant(0x746f6f7220656874); text.constant(0x6f74636572696420);
      text.constant(0x7972); break;
    case REASON_READ: // error number of reading the boot sector or FAT
      text.constant(0x756e20726f727265); text.constant(0x20666f207265626d); text.constant(0x20676e6964616572); text.constant(0x746f6f6220656874);
      text.constant(0x20726f7463657320); text.constant(0x54414620726f); break;
    case REASON_READ_ONLY: // error number of marking the volume as in use
      text.constant(0x756e20726f727265); text.constant(0x20666f207265626d); text.constant(0x20676e696b72616d); text.constant(0x756c6f7620656874);
      text.constant(0x6e6920736120656d); text.constant(0x65737520); break;
    case REASON_REPAIR: // error number of repairing after a crash
      text.constant(0x756e20726f727265); text.constant(0x20666f207265626d); text.constant(0x6e69726961706572); text.constant(0x2072657466612067);
      text.constant(0x68736172632061); break;
  }
}

function wanted(text: Text, reason: i32): void {
  switch (reason) {
    case REASON_SIGNATURE: // 43605 (0xaa55)
      text.constant(0x3028203530363334); text.constant(0x293535616178); break;
    case REASON_SECTOR_BYTES: // 512, 1024, 2048 or 4096
      text.constant(0x323031202c323135); text.constant(0x2038343032202c34); text.constant(0x3639303420726f); break;
    case REASON_CLUSTER_SECTORS: // a power of two, with clusters of at most 64 KiB
      text.constant(0x207265776f702061); text.constant(0x202c6f777420666f); text.constant(0x756c632068746977); text.constant(0x666f207372657473);
      text.constant(0x74736f6d20746120); text.constant(0x42694b20343620); break;
    case REASON_RESERVED: // at least 1
      text.constant(0x747361656c207461); text.constant(0x3120); break;
    case REASON_FATS: // 1 to 4
      text.constant(0x34206f742031); break;
    case REASON_ROOT_ENTRIES: // 0 with BPB_FATSz32, else whole sectors of entries
      text.constant(0x4220687469772030); text.constant(0x7a535441465f4250); text.constant(0x65736c65202c3233); text.constant(0x7320656c6f687720);
      text.constant(0x6f2073726f746365); text.constant(0x656972746e652066); text.constant(0x73); break;
    case REASON_TOTAL: // at least 1, and no more than the disk has
      text.constant(0x747361656c207461); text.constant(0x20646e61202c3120); text.constant(0x2065726f6d206f6e); text.constant(0x656874206e616874);
      text.constant(0x6168206b73696420); text.constant(0x73); break;
    case REASON_FAT_SECTORS: // large enough for an entry for each cluster
      text.constant(0x6e6520656772616c); text.constant(0x726f66206867756f); text.constant(0x72746e65206e6120); text.constant(0x616520726f662079);
      text.constant(0x7473756c63206863); text.constant(0x7265); break;
    case REASON_ROOM: // more than reserved sectors, FATs and root directory take
      text.constant(0x6168742065726f6d); text.constant(0x767265736572206e); text.constant(0x6f74636573206465); text.constant(0x73544146202c7372);
      text.constant(0x6f6f7220646e6120); text.constant(0x7463657269642074); text.constant(0x656b61742079726f); break;
    case REASON_COUNT: // 1 to 65524 with BPB_FATSz16, to 268435444 with BPB_FATSz32
      text.constant(0x353536206f742031); text.constant(0x2068746977203432); text.constant(0x535441465f425042); text.constant(0x206f74202c36317a);
      text.constant(0x3434353334383632); text.constant(0x4220687469772034); text.constant(0x7a535441465f4250); text.constant(0x3233); break;
    case REASON_TOO_MANY: // at most 67108864 (memory)
      text.constant(0x2074736f6d207461); text.constant(0x3436383830313736); text.constant(0x79726f6d656d2820); text.constant(0x29); break;
    case REASON_ROOT_CLUSTER: // a cluster of the volume
      text.constant(0x657473756c632061); text.constant(0x65687420666f2072); text.constant(0x656d756c6f7620); break;
    case REASON_VERSION: // 0
      text.constant(0x30); break;
    case REASON_OTHER: // one of FAT, not exFAT or NTFS
      text.constant(0x4620666f20656e6f); text.constant(0x20746f6e202c5441); text.constant(0x726f205441467865); text.constant(0x5346544e20); break;
    case REASON_DISK: // at least 512
      text.constant(0x747361656c207461); text.constant(0x32313520); break;
    case REASON_ACTIVE: // less than BPB_NumFATs
      text.constant(0x616874207373656c); text.constant(0x754e5f425042206e); text.constant(0x735441466d); break;
    case REASON_ROOT_CHAIN: // 0: a whole chain of clusters of its own
      text.constant(0x6f68772061203a30); text.constant(0x6e6961686320656c); text.constant(0x73756c6320666f20); text.constant(0x20666f2073726574);
      text.constant(0x6e776f20737469); break;
    case REASON_READ: // 0
      text.constant(0x30); break;
    case REASON_READ_ONLY: // 0, so it is read-only
      text.constant(0x7469206f73202c30); text.constant(0x6461657220736920); text.constant(0x796c6e6f2d); break;
    case REASON_REPAIR: // 0, so it is read-only
      text.constant(0x7469206f73202c30); text.constant(0x6461657220736920); text.constant(0x796c6e6f2d); break;
  }
}
