// The second extended file system on the disk, with its journal: offsets, flags and limits. Read by the AssemblyScript and by the
// TypeScript compiler: integer constants only. Everything but the journal (JBD) is little-endian; the journal is big-endian.

// Superblock: 1024 bytes at offset 1024.
export const SUPER_OFFSET = 1024;
export const SUPER_SIZE = 1024;
export const SUPER_MAGIC = 0xef53;
export const SB_INODES = 0;
export const SB_BLOCKS = 4;
export const SB_RESERVED_BLOCKS = 8;
export const SB_FREE_BLOCKS = 12;
export const SB_FREE_INODES = 16;
export const SB_FIRST_DATA_BLOCK = 20;
export const SB_LOG_BLOCK_SIZE = 24;
export const SB_LOG_FRAGMENT_SIZE = 28;
export const SB_BLOCKS_PER_GROUP = 32;
export const SB_FRAGMENTS_PER_GROUP = 36;
export const SB_INODES_PER_GROUP = 40;
export const SB_MOUNT_TIME = 44;
export const SB_WRITE_TIME = 48;
export const SB_MOUNT_COUNT = 52;
export const SB_MAX_MOUNT_COUNT = 54;
export const SB_MAGIC = 56;
export const SB_STATE = 58;
export const SB_ERRORS = 60;
export const SB_LAST_CHECK = 64;
export const SB_REVISION = 76;
export const SB_FIRST_INODE = 84;
export const SB_INODE_SIZE = 88;
export const SB_BLOCK_GROUP = 90;
export const SB_COMPATIBLE = 92;
export const SB_INCOMPATIBLE = 96;
export const SB_READ_ONLY_COMPATIBLE = 100;
export const SB_UUID = 104;
export const SB_VOLUME_NAME = 120;
export const SB_RESERVED_GDT_BLOCKS = 206;
export const SB_JOURNAL_UUID = 208;
export const SB_JOURNAL_INODE = 224;
export const SB_JOURNAL_DEVICE = 228;
export const SB_LAST_ORPHAN = 232;
export const SB_HASH_SEED = 236;
export const SB_HASH_VERSION = 252;
export const SB_JOURNAL_BACKUP_TYPE = 253;
export const SB_DESCRIPTOR_SIZE = 254;
export const SB_FIRST_META_GROUP = 260;
export const SB_MAKE_TIME = 264;
export const SB_JOURNAL_BLOCKS = 268;
export const SB_MIN_EXTRA_SIZE = 348;
export const SB_WANT_EXTRA_SIZE = 350;

/** SB_STATE: cleanly unmounted (or in the journal); errors were found. */
export const STATE_VALID = 1;
export const STATE_ERROR = 2;
/** SB_ERRORS: what to do when errors are found: go on, become read-only, panic. */
export const ERRORS_READ_ONLY = 2;

export const COMPATIBLE_JOURNAL = 4;
export const COMPATIBLE_EXT_ATTR = 8;
export const COMPATIBLE_DIR_INDEX = 0x20;
export const COMPATIBLE_SPARSE_SUPER2 = 0x200;
export const INCOMPATIBLE_FILETYPE = 2;
export const INCOMPATIBLE_RECOVER = 4;
export const INCOMPATIBLE_KNOWN = 6;
export const READ_ONLY_SPARSE_SUPER = 1;
export const READ_ONLY_LARGE_FILE = 2;
export const READ_ONLY_EXTRA_ISIZE = 0x40;
export const READ_ONLY_KNOWN = 0x43;

// Group descriptor: 32 bytes.
export const DESCRIPTOR_SIZE = 32;
export const GD_BLOCK_BITMAP = 0;
export const GD_INODE_BITMAP = 4;
export const GD_INODE_TABLE = 8;
export const GD_FREE_BLOCKS = 12;
export const GD_FREE_INODES = 14;
export const GD_DIRECTORIES = 16;

// Inode: 128 bytes, then as much of the rest as I_EXTRA_SIZE says.
export const INODE_SIZE = 128;
export const I_MODE = 0;
export const I_UID = 2;
export const I_SIZE = 4;
export const I_ATIME = 8;
export const I_CTIME = 12;
export const I_MTIME = 16;
export const I_DTIME = 20;
export const I_GID = 24;
export const I_LINKS = 26;
export const I_BLOCKS = 28;
export const I_FLAGS = 32;
export const I_BLOCK = 40;
export const I_GENERATION = 100;
export const I_FILE_ACL = 104;
export const I_SIZE_HIGH = 108;
export const I_EXTRA_SIZE = 128;
export const I_CTIME_EXTRA = 132;
export const I_MTIME_EXTRA = 136;
export const I_ATIME_EXTRA = 140;
export const I_CRTIME = 144;
export const I_CRTIME_EXTRA = 148;
/** What I_EXTRA_SIZE of new inodes is, where there is room. */
export const EXTRA_SIZE = 32;

export const DIRECT_BLOCKS = 12;
/** Block pointers of an inode: 12 direct, then single, double and triple indirect. */
export const BLOCK_POINTERS = 15;
/** Symbolic links shorter than this lie in the block pointers. */
export const FAST_LINK = 60;

export const MODE_TYPE = 0xf000;
export const MODE_FIFO = 0x1000;
export const MODE_CHARACTER = 0x2000;
export const MODE_DIRECTORY = 0x4000;
export const MODE_BLOCK = 0x6000;
export const MODE_REGULAR = 0x8000;
export const MODE_LINK = 0xa000;
export const MODE_SOCKET = 0xc000;

export const FLAG_IMMUTABLE = 0x10;
export const FLAG_INDEX = 0x1000;
export const FLAG_EXTENTS = 0x80000;
export const FLAG_INLINE_DATA = 0x10000000;

export const INODE_BAD_BLOCKS = 1;
export const INODE_ROOT = 2;
export const INODE_RESIZE = 7;
export const INODE_JOURNAL = 8;
/** First inode for files in revision 0. */
export const FIRST_INODE = 11;
export const MAX_LINKS = 32000;

// Directory entry: inode u32, length of the record u16, length of the name u8, type u8, name. Records fill their block exactly.
export const DE_INODE = 0;
export const DE_LENGTH = 4;
export const DE_NAME_LENGTH = 6;
export const DE_TYPE = 7;
export const DE_NAME = 8;
export const TYPE_UNKNOWN = 0;
export const TYPE_REGULAR = 1;
export const TYPE_DIRECTORY = 2;
export const TYPE_CHARACTER = 3;
export const TYPE_BLOCK = 4;
export const TYPE_FIFO = 5;
export const TYPE_SOCKET = 6;
export const TYPE_LINK = 7;

/** A block of extended attributes: magic u32, reference count u32, ... */
export const ATTRIBUTE_MAGIC = 0xea020000;

// Journal (JBD), big-endian. Each of its blocks starts with magic, type, sequence number.
export const JBD_MAGIC = 0xc03b3998;
export const JBD_DESCRIPTOR = 1;
export const JBD_COMMIT = 2;
export const JBD_SUPER_1 = 3;
export const JBD_SUPER_2 = 4;
export const JBD_REVOKE = 5;
export const JBD_HEADER = 12;
export const JS_BLOCK_SIZE = 12;
export const JS_BLOCKS = 16;
export const JS_FIRST = 20;
export const JS_SEQUENCE = 24;
export const JS_START = 28;
export const JS_ERROR = 32;
export const JS_COMPATIBLE = 36;
export const JS_INCOMPATIBLE = 40;
export const JS_READ_ONLY_COMPATIBLE = 44;
export const JS_UUID = 48;
export const JS_USERS = 64;
/** Commit blocks have a checksum of all that the transaction's descriptors describe, and of these. */
export const JS_COMPATIBLE_CHECKSUM = 1;
export const JS_INCOMPATIBLE_REVOKE = 1;
/** A commit block may reach the disk before the rest of its transaction: only the checksum tells that this is whole. */
export const JS_INCOMPATIBLE_ASYNC_COMMIT = 4;
/** A tag of a descriptor block: block u32, checksum u16, flags u16; then a UUID of 16 bytes unless it is the same. */
export const JBD_TAG = 8;
export const JBD_UUID = 16;
export const TAG_ESCAPED = 1;
export const TAG_SAME_UUID = 2;
export const TAG_DELETED = 4;
export const TAG_LAST = 8;
/** A commit block: header, type and size of the checksum (a byte each), padding, the checksum. Type 0: there is none. */
export const COMMIT_TYPE = 12;
export const COMMIT_SIZE = 13;
export const COMMIT_CHECKSUM = 16;
export const CHECKSUM_CRC32 = 1;
export const CHECKSUM_SIZE = 4;
/** CRC-32 with this polynomial, the most significant bit first; starts with all ones, and is not inverted at the end. */
export const CRC32_POLYNOMIAL = 0x04c11db7;
/** A revoke block: header, bytes in use u32 (these 16 included), then block numbers. */
export const REVOKE_HEADER = 16;
/** The smallest journal. */
export const JOURNAL_MIN_BLOCKS = 1024;
/** The largest that we make. */
export const JOURNAL_MAX_BLOCKS = 32768;

/** Blocks of the journal for a new file system of that many blocks; 0: too small for one. (As mke2fs chooses.) */
export const JOURNAL_FROM_BLOCKS = 2048;
