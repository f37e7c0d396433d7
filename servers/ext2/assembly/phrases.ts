// Phrases of which `reason` and the log are made. A server has no data segments, so each phrase is packed constants (lib/assembly/memory/text.ts).

import { Text } from "../../../lib/assembly/memory/text";

/** `superblock: ` */
export function saySuperblock(t: Text): void { t.constant(0x6f6c627265707573); t.constant(0x203a6b63); }
/** `group ` */
export function sayGroup(t: Text): void { t.constant(0x2070756f7267); }
/** `: ` */
export function sayColon(t: Text): void { t.constant(0x203a); }
/** `inode ` */
export function sayInode(t: Text): void { t.constant(0x2065646f6e69); }
/** `journal: ` */
export function sayJournal(t: Text): void { t.constant(0x3a6c616e72756f6a); t.constant(0x20); }
/** `read-only: ` */
export function sayReadOnly(t: Text): void { t.constant(0x6c6e6f2d64616572); t.constant(0x203a79); }
/** `directory ` */
export function sayDirectory(t: Text): void { t.constant(0x726f746365726964); t.constant(0x2079); }
/** `, should be ` */
export function sayShouldBe(t: Text): void { t.constant(0x646c756f6873202c); t.constant(0x20656220); }
/** `, should be at most ` */
export function sayAtMost(t: Text): void { t.constant(0x646c756f6873202c); t.constant(0x6d20746120656220); t.constant(0x2074736f); }
/** `, should be at least ` */
export function sayAtLeast(t: Text): void { t.constant(0x646c756f6873202c); t.constant(0x6c20746120656220); t.constant(0x2074736165); }
/** ` is out of range` */
export function sayOutOfRange(t: Text): void { t.constant(0x2074756f20736920); t.constant(0x65676e617220666f); }
/** ` ` */
export function sayBlank(t: Text): void { t.constant(0x20); }
/** `magic ` */
export function sayMagic(t: Text): void { t.constant(0x20636967616d); }
/** `revision ` */
export function sayRevision(t: Text): void { t.constant(0x6e6f697369766572); t.constant(0x20); }
/** `block size 1024 << ` */
export function sayBlockSize(t: Text): void { t.constant(0x6973206b636f6c62); t.constant(0x203432303120657a); t.constant(0x203c3c); }
/** `blocks per group ` */
export function sayBlocksPerGroup(t: Text): void { t.constant(0x7020736b636f6c62); t.constant(0x70756f7267207265); t.constant(0x20); }
/** `inodes per group ` */
export function sayInodesPerGroup(t: Text): void { t.constant(0x70207365646f6e69); t.constant(0x70756f7267207265); t.constant(0x20); }
/** `first data block ` */
export function sayFirstDataBlock(t: Text): void { t.constant(0x6164207473726966); t.constant(0x6b636f6c62206174); t.constant(0x20); }
/** `inode size ` */
export function sayInodeSize(t: Text): void { t.constant(0x69732065646f6e69); t.constant(0x20657a); }
/** `blocks ` */
export function sayBlocks(t: Text): void { t.constant(0x20736b636f6c62); }
/** `inodes ` */
export function sayInodes(t: Text): void { t.constant(0x207365646f6e69); }
/** `first inode ` */
export function sayFirstInode(t: Text): void { t.constant(0x6e69207473726966); t.constant(0x2065646f); }
/** `descriptor size ` */
export function sayDescriptorSize(t: Text): void { t.constant(0x7470697263736564); t.constant(0x20657a697320726f); }
/** `incompatible feature ` */
export function sayIncompatible(t: Text): void { t.constant(0x7461706d6f636e69); t.constant(0x61656620656c6269); t.constant(0x2065727574); }
/** `unknown feature ` */
export function sayUnknownReadOnly(t: Text): void { t.constant(0x206e776f6e6b6e75); t.constant(0x2065727574616566); }
/** `block bitmap ` */
export function sayBlockBitmap(t: Text): void { t.constant(0x6962206b636f6c62); t.constant(0x2070616d74); }
/** `inode bitmap ` */
export function sayInodeBitmap(t: Text): void { t.constant(0x69622065646f6e69); t.constant(0x2070616d74); }
/** `inode table ` */
export function sayInodeTable(t: Text): void { t.constant(0x61742065646f6e69); t.constant(0x20656c62); }
/** `free blocks ` */
export function sayFreeBlocks(t: Text): void { t.constant(0x6f6c622065657266); t.constant(0x20736b63); }
/** `free inodes ` */
export function sayFreeInodes(t: Text): void { t.constant(0x6f6e692065657266); t.constant(0x20736564); }
/** `not cleanly unmounted, check it first` */
export function sayNotClean(t: Text): void { t.constant(0x61656c6320746f6e); t.constant(0x6f6d6e7520796c6e); t.constant(0x63202c6465746e75); t.constant(0x207469206b636568); t.constant(0x7473726966); }
/** `errors were found before, check it first` */
export function sayFaulty(t: Text): void { t.constant(0x772073726f727265); t.constant(0x6e756f6620657265); t.constant(0x65726f6665622064); t.constant(0x206b63656863202c); t.constant(0x7473726966207469); }
/** `no room for a journal` */
export function sayNoRoom(t: Text): void { t.constant(0x206d6f6f72206f6e); t.constant(0x6f6a206120726f66); t.constant(0x6c616e7275); }
/** `revision 0 has no journal` */
export function sayOldRevision(t: Text): void { t.constant(0x6e6f697369766572); t.constant(0x6e20736168203020); t.constant(0x616e72756f6a206f); t.constant(0x6c); }
/** `the disk is read-only` */
export function sayDiskReadOnly(t: Text): void { t.constant(0x6b73696420656874); t.constant(0x6461657220736920); t.constant(0x796c6e6f2d); }
/** `the journal needs to be replayed, which a read-only disk forbids` */
export function sayNeedsReplay(t: Text): void { t.constant(0x72756f6a20656874); t.constant(0x6465656e206c616e); t.constant(0x206562206f742073); t.constant(0x646579616c706572); t.constant(0x206863696877202c); t.constant(0x6f2d646165722061); t.constant(0x6b73696420796c6e); t.constant(0x73646962726f6620); }
/** `reserved descriptor blocks ` */
export function sayReservedGdt(t: Text): void { t.constant(0x6465767265736572); t.constant(0x7069726373656420); t.constant(0x636f6c6220726f74); t.constant(0x20736b); }
/** `mode ` */
export function sayMode(t: Text): void { t.constant(0x2065646f6d); }
/** `size ` */
export function saySize(t: Text): void { t.constant(0x20657a6973); }
/** `block ` */
export function sayBlockPointer(t: Text): void { t.constant(0x206b636f6c62); }
/** `flags ` */
export function sayFlags(t: Text): void { t.constant(0x207367616c66); }
/** `links ` */
export function sayLinks(t: Text): void { t.constant(0x20736b6e696c); }
/** `entry at ` */
export function sayEntry(t: Text): void { t.constant(0x7461207972746e65); t.constant(0x20); }
/** ` is damaged` */
export function sayIsDamaged(t: Text): void { t.constant(0x616d616420736920); t.constant(0x646567); }
/** ` was free already` */
export function sayFreedTwice(t: Text): void { t.constant(0x6572662073617720); t.constant(0x646165726c612065); t.constant(0x79); }
/** ` is in use already` */
export function sayInUse(t: Text): void { t.constant(0x75206e6920736920); t.constant(0x6165726c61206573); t.constant(0x7964); }
/** `on another device is not supported` */
export function sayExternal(t: Text): void { t.constant(0x68746f6e61206e6f); t.constant(0x6369766564207265); t.constant(0x746f6e2073692065); t.constant(0x74726f7070757320); t.constant(0x6465); }
/** `too short, blocks ` */
export function sayTooShort(t: Text): void { t.constant(0x726f6873206f6f74); t.constant(0x6b636f6c62202c74); t.constant(0x2073); }
/** `has a hole at block ` */
export function sayHole(t: Text): void { t.constant(0x6f68206120736168); t.constant(0x6c6220746120656c); t.constant(0x206b636f); }
/** `feature ` */
export function sayFeature(t: Text): void { t.constant(0x2065727574616566); }
/** `names block ` */
export function sayTagOutOfRange(t: Text): void { t.constant(0x6c622073656d616e); t.constant(0x206b636f); }
/** `the disk failed` */
export function sayIo(t: Text): void { t.constant(0x6b73696420656874); t.constant(0x64656c69616620); }
/** `start ` */
export function sayStart(t: Text): void { t.constant(0x207472617473); }
/** `first ` */
export function sayFirst(t: Text): void { t.constant(0x207473726966); }
/** `error ` */
export function sayErrno(t: Text): void { t.constant(0x20726f727265); }
/** `orphan list at inode ` */
export function sayOrphan(t: Text): void { t.constant(0x6c206e616870726f); t.constant(0x6920746120747369); t.constant(0x2065646f6e); }
/** `cannot read block ` */
export function sayUnreadBlock(t: Text): void { t.constant(0x7220746f6e6e6163); t.constant(0x636f6c6220646165); t.constant(0x206b); }
/** `journal inode ` */
export function sayJournalInode(t: Text): void { t.constant(0x206c616e72756f6a); t.constant(0x2065646f6e69); }
/** `attribute block ` */
export function sayAttributeBlock(t: Text): void { t.constant(0x7475626972747461); t.constant(0x206b636f6c622065); }
/** `no root directory` */
export function sayRoot(t: Text): void { t.constant(0x20746f6f72206f6e); t.constant(0x726f746365726964); t.constant(0x79); }
/** `the disk is too small, bytes ` */
export function sayTooSmall(t: Text): void { t.constant(0x6b73696420656874); t.constant(0x206f6f7420736920); t.constant(0x62202c6c6c616d73); t.constant(0x2073657479); }
/** `out of memory` */
export function sayOutOfMemory(t: Text): void { t.constant(0x6d20666f2074756f); t.constant(0x79726f6d65); }
/** `block type ` */
export function sayType(t: Text): void { t.constant(0x7974206b636f6c62); t.constant(0x206570); }

/** The name of a feature, given its bit. */
export function sayIncompatibleFeature(t: Text, bit: i32): void {
  switch (bit) {
    case 0: t.constant(0x73736572706d6f63); t.constant(0x6e6f69); break; // compression
    case 3: t.constant(0x5f6c616e72756f6a); t.constant(0x766564); break; // journal_dev
    case 4: t.constant(0x67625f6174656d); break; // meta_bg
    case 6: t.constant(0x73746e65747865); break; // extents
    case 7: t.constant(0x7469623436); break; // 64bit
    case 8: t.constant(0x706d6d); break; // mmp
    case 9: t.constant(0x67625f78656c66); break; // flex_bg
    case 10: t.constant(0x65646f6e695f6165); break; // ea_inode
    case 12: t.constant(0x61746164726964); break; // dirdata
    case 13: t.constant(0x617461646174656d); t.constant(0x65735f6d7573635f); t.constant(0x6465); break; // metadata_csum_seed
    case 14: t.constant(0x69645f656772616c); t.constant(0x72); break; // large_dir
    case 15: t.constant(0x645f656e696c6e69); t.constant(0x617461); break; // inline_data
    case 16: t.constant(0x74707972636e65); break; // encrypt
    case 17: t.constant(0x646c6f6665736163); break; // casefold
    default: t.constant(0x6e776f6e6b6e75); // unknown
  }
}

/** The name of a feature, given its bit. */
export function sayReadOnlyFeature(t: Text, bit: i32): void {
  switch (bit) {
    case 2: t.constant(0x69645f6565727462); t.constant(0x72); break; // btree_dir
    case 3: t.constant(0x6c69665f65677568); t.constant(0x65); break; // huge_file
    case 4: t.constant(0x625f74696e696e75); t.constant(0x67); break; // uninit_bg
    case 5: t.constant(0x6e696c6e5f726964); t.constant(0x6b); break; // dir_nlink
    case 7: t.constant(0x746f687370616e73); break; // snapshot
    case 8: t.constant(0x61746f7571); break; // quota
    case 9: t.constant(0x636f6c6c61676962); break; // bigalloc
    case 10: t.constant(0x617461646174656d); t.constant(0x6d7573635f); break; // metadata_csum
    case 11: t.constant(0x6163696c706572); break; // replica
    case 12: t.constant(0x6c6e6f2d64616572); t.constant(0x79); break; // read-only
    case 13: t.constant(0x7463656a6f7270); break; // project
    case 14: t.constant(0x625f646572616873); t.constant(0x736b636f6c); break; // shared_blocks
    case 15: t.constant(0x797469726576); break; // verity
    case 16: t.constant(0x665f6e616870726f); t.constant(0x656c69); break; // orphan_file
    default: t.constant(0x6e776f6e6b6e75); // unknown
  }
}

/** The name of a feature, given its bit. */
export function sayJournalFeature(t: Text, bit: i32): void {
  switch (bit) {
    case 1: t.constant(0x7469623436); break; // 64bit
    case 2: t.constant(0x6f635f636e797361); t.constant(0x74696d6d); break; // async_commit
    case 3: t.constant(0x32765f6d757363); break; // csum_v2
    case 4: t.constant(0x33765f6d757363); break; // csum_v3
    case 5: t.constant(0x6d6f635f74736166); t.constant(0x74696d); break; // fast_commit
    default: t.constant(0x6e776f6e6b6e75); // unknown
  }
}
