// FAT12, FAT16 and FAT32 on a disk, as Microsoft's "FAT: General Overview of On-Disk Format" (1.03) and "Long Filename Specification" say.
// Read by the AssemblyScript compiler (servers/fat) and by TypeScript (mkfs.fat, fsck.fat): integer constants only. Names as in the
// specification, numbers little-endian, offsets in bytes.
//
//   boot sector (and reserved) │ FAT 1 │ FAT 2 │ root directory (FAT12, FAT16) │ clusters 2, 3, …

/** The smallest unit of a disk. A volume's own sectors may be larger. */
export const DISK_SECTOR = 512;

// The boot sector: fields of all types.
export const BPB_BYTES_PER_SECTOR = 11;
export const BPB_SECTORS_PER_CLUSTER = 13;
export const BPB_RESERVED_SECTORS = 14;
export const BPB_FATS = 16;
export const BPB_ROOT_ENTRIES = 17;
export const BPB_TOTAL_SECTORS_16 = 19;
export const BPB_MEDIA = 21;
export const BPB_FAT_SECTORS_16 = 22;
export const BPB_SECTORS_PER_TRACK = 24;
export const BPB_HEADS = 26;
export const BPB_HIDDEN_SECTORS = 28;
export const BPB_TOTAL_SECTORS_32 = 32;
// FAT12 and FAT16: from here.
export const BS_DRIVE_16 = 36;
export const BS_SIGNATURE_16 = 38;
export const BS_SERIAL_16 = 39;
export const BS_LABEL_16 = 43;
export const BS_TYPE_16 = 54;
// FAT32: from here.
export const BPB_FAT_SECTORS_32 = 36;
/** Bits 0–3 the active FAT, if bit 7 says that only one is kept up. */
export const BPB_FLAGS_32 = 40;
export const BPB_VERSION_32 = 42;
export const BPB_ROOT_CLUSTER_32 = 44;
export const BPB_FSINFO_SECTOR_32 = 48;
export const BPB_BACKUP_SECTOR_32 = 50;
export const BS_DRIVE_32 = 64;
export const BS_SIGNATURE_32 = 66;
export const BS_SERIAL_32 = 67;
export const BS_LABEL_32 = 71;
export const BS_TYPE_32 = 82;
export const FLAG_NOT_MIRRORED = 0x80;
export const BOOT_SIGNATURE = 0xaa55;
export const BOOT_SIGNATURE_AT = 510;
export const EXTENDED_SIGNATURE = 0x29;

// The type goes by the count of clusters, and by nothing else.
export const FIRST_CLUSTER = 2;
/** Fewer clusters: FAT12. */
export const FAT16_CLUSTERS = 4085;
/** Fewer clusters: FAT16. */
export const FAT32_CLUSTERS = 65525;
export const FAT32_CLUSTERS_LIMIT = 0x0ffffff5;
export const MAX_CLUSTER_BYTES = 65536;

// Entries of a FAT, as FAT32 has them; those of FAT12 and FAT16 are the low 12 and 16 bits.
export const ENTRY_FREE = 0;
export const ENTRY_BAD = 0x0ffffff7;
/** This and above end a chain. */
export const ENTRY_END_MIN = 0x0ffffff8;
export const ENTRY_END = 0x0fffffff;
export const ENTRY_MASK_32 = 0x0fffffff;
// Bits of the entry of cluster 1.
export const CLEAN_16 = 0x8000;
export const NO_ERROR_16 = 0x4000;
export const CLEAN_32 = 0x08000000;
export const NO_ERROR_32 = 0x04000000;

// The FSInfo sector of FAT32.
export const FSINFO_LEAD_SIGNATURE = 0x41615252;
export const FSINFO_STRUCTURE_AT = 484;
export const FSINFO_STRUCTURE_SIGNATURE = 0x61417272;
export const FSINFO_FREE_AT = 488;
export const FSINFO_NEXT_AT = 492;
export const FSINFO_TRAIL_AT = 508;
export const FSINFO_TRAIL_SIGNATURE = 0xaa550000;
export const FSINFO_UNKNOWN = 0xffffffff;

// A directory entry.
export const SLOT_SIZE = 32;
export const SLOT_NAME = 0;
export const SLOT_ATTRIBUTES = 11;
export const SLOT_CASE = 12;
export const SLOT_CREATED_TENTHS = 13;
export const SLOT_CREATED_TIME = 14;
export const SLOT_CREATED_DATE = 16;
export const SLOT_ACCESSED_DATE = 18;
export const SLOT_CLUSTER_HIGH = 20;
export const SLOT_MODIFIED_TIME = 22;
export const SLOT_MODIFIED_DATE = 24;
export const SLOT_CLUSTER_LOW = 26;
export const SLOT_FILE_SIZE = 28;
export const SLOT_FREE = 0xe5;
/** Stands for a name's first byte 0xe5. */
export const SLOT_KANJI = 0x05;
export const SLOT_END = 0;
export const CASE_LOWER_NAME = 0x08;
export const CASE_LOWER_EXTENSION = 0x10;
/** The most bytes of a directory: 65,536 entries. */
export const MAX_DIRECTORY_BYTES = 2097152;
export const MAX_FILE_SIZE = 0xffffffff;

export const ATTRIBUTE_READ_ONLY = 0x01;
export const ATTRIBUTE_HIDDEN = 0x02;
export const ATTRIBUTE_SYSTEM = 0x04;
export const ATTRIBUTE_VOLUME = 0x08;
export const ATTRIBUTE_DIRECTORY = 0x10;
export const ATTRIBUTE_ARCHIVE = 0x20;
/** All of the first four: the slot is a part of a long name. */
export const ATTRIBUTE_LONG_NAME = 0x0f;
export const ATTRIBUTE_MASK = 0x3f;

// A part of a long name: 13 UTF-16 units, the last part first.
export const LONG_ORDER = 0;
export const LONG_LAST = 0x40;
export const LONG_TYPE = 12;
export const LONG_CHECKSUM = 13;
export const LONG_UNITS = 13;
export const LONG_MAX_UNITS = 255;
export const LONG_MAX_SLOTS = 20;

// While a rename is on its way between two sectors, no sector holds the file's name. Then its old entry, which is deleted, says so in SLOT_CASE,
// and in SLOT_CREATED_TENTHS what its first byte was: who finds it, and no other entry that owns its clusters, gives the name back.
export const MOVING = 0xd3;
