// Where the kernel keeps what, in the kernel's shared memory. The kernel (AssemblyScript) and the machine (TypeScript) read
// the same constants; nobody else can reach this memory. Integer constants only; addresses in bytes.
//
//   0        header: lock, doorbell, switches, counters
//   4 KiB    domains      96 x 2 KiB
//   256 KiB  threads     128 x 2 KiB      (one Worker each; thread 0 is the machine)
//   512 KiB  endpoints   8192 x 64
//   1 MiB    notifications 4096 x 64
//   1.25 MiB call counts 96 x 96 x 4      (row: server, column: client)
//   1.5 MiB  frame free list, u32 a frame
//   3 MiB    limbo of frames, u32 a frame
//   5 MiB    dataspaces 32768 x 64
//   7 MiB    trace rings 128 x 1024 x 48
//   13 MiB   capability chunks 512 x 16 KiB
//   21 MiB   page nodes 16384 x 1 KiB
//
// It does not grow: whoever walks a page table takes no lock, and would have to find out whether his instance knows of the growth.
//
// Page memory grows (kernel-wasm/machine/page-memory.ts). It begins with the first threads' windows and some frames, the other
// threads' windows follow, then all other frames. Frames are numbered as if the windows in between were frames, which nobody gets.
//
// An engine counts what a Worker is handed as if it were the Worker's own, and Chromium's collects garbage in each Worker that has got
// 64 MiB: so kernel memory, page memory and the servers' memories are smaller together when they begin.
export const KERNEL_PAGES = 592;
/** Of a server's memory, in 64 KiB pages: when it begins, and the most that it grows to. */
export const SERVER_MEMORY_FIRST_PAGES = 4;
export const SERVER_MEMORY_PAGES = 1024;

/** A word that is always 0: the entry of pages that no table has room for. */
export const H_NO_PAGE = 32;
export const H_LOCK = 64;
/** Bumped and notified whenever the machine has something to do. */
export const H_DOORBELL = 128;
export const H_TRACE_ON = 192;
export const H_TRACE_SEQUENCE = 200;
export const H_COUNT_DOMAINS = 256;
export const H_COUNT_ENDPOINTS = 260;
export const H_COUNT_NOTIFICATIONS = 264;
export const H_COUNT_DATASPACES = 268;
export const H_COUNT_FRAMES = 272;
export const H_COUNT_CAPS = 276;
export const H_COUNT_REPLIES = 280;
export const H_COUNT_NODES = 284;
export const H_FREE_ENDPOINT = 320;
export const H_FREE_NOTIFICATION = 324;
export const H_FREE_DATASPACE = 328;
export const H_FREE_CHUNK = 332;
export const H_FREE_NODE = 336;
export const H_FRAMES_FREE = 340;
export const H_FRAMES_FRESH = 344;
export const H_FRAME_LIMIT = 348;
export const H_NEXT_ENDPOINT = 352;
export const H_NEXT_NOTIFICATION = 356;
export const H_NEXT_DATASPACE = 360;
export const H_NEXT_CHUNK = 364;
export const H_NEXT_NODE = 368;
/** Limbo: frames [0, CLOSED) wait for readers to leave, [CLOSED, FILL) are collected for the next round. */
export const H_LIMBO_CLOSED = 372;
export const H_LIMBO_FILL = 376;
export const H_LIMBO_PHASE = 380;
/** f64, milliseconds: when the round was closed. */
export const H_LIMBO_TIME = 384;
/** The serial (64 bits) that a Dataspace was given last. */
export const H_SERIAL = 392;
/** Frames that page memory has room for now; the kernel asks the machine for more. */
export const H_FRAMES_HELD = 400;

// ---- Domain
export const DOMAINS = 4096;
export const DOMAIN_SIZE = 2048;
export const D_STATE = 0;
export const D_GENERATION = 4;
/** References: capabilities, plus one while it is alive or its Workers have not acknowledged. */
export const D_REFERENCES = 8;
/** 0 worker, 1 inline: who runs calls to this domain's endpoints. */
export const D_PLACEMENT = 12;
/** 1 if its image can be called inline, 2 once its home Worker has set it up. */
export const D_MOVABLE = 16;
/** The server's lock: 0 free, thread number + 1 of the holder, with bit 16 when someone waits. */
export const D_LOCK = 20;
export const D_FREE_SLOT = 24;
export const D_NEXT_SLOT = 28;
export const D_CAPS = 32;
export const D_CAP_QUOTA = 36;
export const D_FRAMES = 40;
export const D_FRAME_QUOTA = 44;
export const D_FAULT_ENDPOINT = 48;
export const D_FAULT_BADGE = 52;
export const D_NOTICE_NEXT = 56;
export const D_REASON = 60;
export const D_EXIT_STATUS = 64;
/** What the machine has to do: bit 0 start, 1 kill, 2 reap, 3 poll (make inline code trap). */
export const D_PENDING = 68;
export const D_IMAGE = 72;
export const D_DATASPACE = 76;
export const D_THREAD = 80;
export const D_NOTICE_QUEUED = 84;
export const D_TEXT_LENGTH = 88;
export const D_SERVED = 96;
export const D_REAP_SLOT = 104;
export const D_NUMBER = 108;
/** Which of the machine's server memories it runs on, plus 1; 0: none. Written by the machine. */
export const D_MEMORY = 112;
/** When it was created: tells two lives of one number apart. */
export const D_INCARNATION = 116;
/** Size of its code's memory in 64 KiB pages. Written by the machine. */
export const D_MEMORY_PAGES = 120;
/** Capabilities to it: with the last one it is killed. */
export const D_HOLDERS = 124;
/** Why it ended, UTF-8. */
export const D_TEXT = 128;
export const D_TEXT_LIMIT = 256;
/** The System name, set by init, UTF-8: length byte and up to 63 bytes. */
export const D_NAME = 384;
/** Directory of the capability table: 256 chunk addresses. */
export const D_DIRECTORY = 1024;

export const DOMAIN_UNUSED = 0;
export const DOMAIN_CREATED = 1;
export const DOMAIN_RUNNING = 2;
export const DOMAIN_SUSPENDED = 3;
/** Killed; its Workers have not yet acknowledged. */
export const DOMAIN_DYING = 4;
/** Its capabilities are gone; only references to it remain. */
export const DOMAIN_GONE = 5;

export const PENDING_START = 1;
export const PENDING_KILL = 2;
/** Suspended before a Worker runs it. */
export const PENDING_SUSPEND = 4;

// ---- Thread
export const THREADS = 262144;
export const THREAD_SIZE = 2048;
/** The park word: 1 is a wake-up token. */
export const T_PARK = 0;
export const T_STATE = 4;
export const T_DOMAIN = 8;
export const T_QUEUE_NEXT = 12;
export const T_QUEUE_PREVIOUS = 16;
export const T_WAITS_ON = 20;
export const T_SERIAL = 24;
/** Domain that has to answer, while waiting for a reply. */
export const T_SERVER = 28;
export const T_STATUS = 32;
/** FLAG_… bits; written under the kernel lock. */
export const T_FLAGS = 36;
export const T_LABEL = 40;
export const T_BADGE = 44;
export const T_RIGHTS = 48;
export const T_SHAPE = 52;
/** Domain whose capabilities and memory the call uses (a server's, when inside it). */
export const T_CALLER_DOMAIN = 56;
export const T_DELIVERED = 60;
export const T_WORDS = 64;
export const T_CAPS = 128;
export const T_SEND0 = 144;
export const T_SEND0_LENGTH = 148;
export const T_SEND1 = 152;
export const T_SEND1_LENGTH = 156;
export const T_RECEIVE = 160;
export const T_ROOM = 164;
/** Mark (thread number + 1) of the thread that copies to or from this thread's window; 0: none. */
export const T_PINS = 168;
/** As a server: the caller being served, thread number + 1, and its serial. */
export const T_CLIENT = 176;
export const T_CLIENT_SERIAL = 180;
/** Odd while the thread copies to or from frames without a lock. */
export const T_COPYING = 184;
export const T_COPYING_SEEN = 188;
/** How many inline servers the thread is inside, and which. */
export const T_DEPTH = 192;
export const T_INSIDE = 196;
export const MAX_DEPTH = 7;
export const T_NUMBER = 228;
export const T_TIMEOUT_SEEN = 232;
export const T_TRACE_HEAD = 236;
export const T_CALLS = 240;
/** Which endpoint's receive queue it belongs to while blocked in receive. */
export const T_NEXT_IN_DOMAIN = 248;
export const T_WORKER_STATE = 252;
/** Number of each domain's memory in this Worker, one byte a domain; 0: not mapped here. */
export const T_MEMORY_OF = 256;

export const THREAD_NONE = 0;
export const THREAD_RUNNING = 1;
export const THREAD_SENDING = 2;
export const THREAD_RECEIVING = 3;
export const THREAD_REPLY = 4;
export const THREAD_WAITING = 5;

export const FLAG_DEAD = 1;
export const FLAG_SUSPENDED = 2;
/** The machine is about to terminate its Worker: it takes the kernel lock never again. */
export const FLAG_CONDEMNED = 4;
/** A server that it is inside has died: it comes out at its next system call there. */
export const FLAG_EXPELLED = 8;

// ---- Endpoint
export const ENDPOINTS = 524288;
export const ENDPOINT_SIZE = 64;
export const MAX_ENDPOINTS = 8192;
export const E_STATE = 0;
export const E_REFERENCES = 4;
export const E_DOMAIN = 8;
export const E_DOMAIN_GENERATION = 12;
export const E_SENDERS_HEAD = 16;
export const E_SENDERS_TAIL = 20;
export const E_RECEIVERS_HEAD = 24;
export const E_RECEIVERS_TAIL = 28;
export const E_ORPHANS = 32;
export const E_NOTIFICATION = 36;
/** Domains with a death notice for this endpoint. */
export const E_NOTICES = 40;
export const E_NEXT_FREE = 44;

// ---- Notification
export const NOTIFICATIONS = 1048576;
export const NOTIFICATION_SIZE = 64;
export const MAX_NOTIFICATIONS = 4096;
export const N_STATE = 0;
export const N_REFERENCES = 4;
export const N_BITS = 8;
export const N_WAITERS_HEAD = 16;
export const N_WAITERS_TAIL = 20;
export const N_ENDPOINT = 24;
export const N_NEXT_FREE = 28;

// ---- Call counts: u32 at (server * MAX_DOMAINS + client) * 4
export const CALL_COUNTS = 1310720;

// ---- Frames
export const FRAME_FREE_LIST = 1572864;
export const LIMBO = 3145728;
/** Of page memory, in 64 KiB pages: when it begins, and when it has grown as far as it can. */
export const PAGE_MEMORY_FIRST_PAGES = 160;
export const PAGE_MEMORY_PAGES = 16384;
/** Threads whose windows stand before the frames; the others' stand at FAR_WINDOWS. */
export const NEAR_THREADS = 20;
/** Frame 0 starts here in page memory, behind the first windows; frame 0 is always zero. */
export const FRAMES_BASE = 5242880;
/** End of page memory when it begins. */
export const FAR_WINDOWS = 10485760;
/** The frame that stands at FAR_WINDOWS, and the first one behind those windows. */
export const FRAMES_GAP = 1280;
export const FRAMES_GAP_END = 8192;
/** Numbers of frames; those of the gap are nobody's. */
export const MAX_FRAMES = 260864;

// ---- Dataspace
export const DATASPACES = 5242880;
export const DATASPACE_SIZE = 64;
export const MAX_DATASPACES = 32768;
export const S_STATE = 0;
export const S_REFERENCES = 4;
export const S_LENGTH = 8;
/** Depth and root are one aligned word. 0: ROOT is the one page's entry; 1: ROOT is a leaf of 256 entries; 2, 3: nodes of nodes. */
export const S_DEPTH = 16;
export const S_ROOT = 20;
export const S_PRESENT = 24;
export const S_OWNER = 28;
export const S_WRITES = 32;
export const S_WRITTEN = 40;
export const S_PAGER = 48;
export const S_PAGER_BADGE = 52;
export const S_NEXT_FREE = 56;
/** While it lives: 64 bits that no other Dataspace ever has, the lower SERIAL_BITS of them 0. */
export const S_SERIAL = 56;
/** Enough for the number of a leaf of a page table. */
export const SERIAL_BITS = 16;

/** Of a page's entry: the frame number; above it are marks (kernel-wasm/assembly/object/page-marks.ts). */
export const ENTRY_FRAME = 1073741823;

// ---- Trace
export const TRACE_RINGS = 7340032;
export const TRACE_ENTRIES = 1024;
export const TRACE_ENTRY_SIZE = 48;
export const TRACE_CALL = 1;
export const TRACE_REPLY = 2;
export const TRACE_RECEIVE = 3;
export const TRACE_INLINE_ENTER = 4;
export const TRACE_INLINE_LEAVE = 5;
export const TRACE_SIGNAL = 6;
export const TRACE_WAKE = 7;
export const TRACE_KILL = 8;
export const TRACE_START = 9;
export const TRACE_FAULT = 10;
export const TRACE_PAGE_FAULT = 11;
export const TRACE_PLACE = 12;
export const TRACE_SEND = 13;

// ---- Capability chunks: 256 capabilities of 64 bytes
export const CHUNKS = 13631488;
export const CHUNK_SIZE = 16384;
export const MAX_CHUNKS = 512;
/** Kind of object in bits 0–7, rights in 8–15, flags in 16–31. With C_OBJECT one aligned 64-bit word. */
export const C_KIND = 0;
export const C_OBJECT = 4;
export const C_BADGE = 8;
export const C_PARENT = 12;
export const C_FIRST_CHILD = 16;
export const C_NEXT = 20;
export const C_PREVIOUS = 24;
/** Domain number << 16 | slot. */
export const C_WHERE = 28;
export const C_ORPHAN_NEXT = 32;
/** In a free slot: the next free slot. In a Reply: the call's serial. */
export const C_EXTRA = 36;
export const CAP_FLAG_WATCHED = 65536;
export const CAP_FLAG_ORPHAN_QUEUED = 131072;

// ---- Page nodes: 256 u32
export const NODES = 22020096;
export const NODE_SIZE = 1024;
export const MAX_NODES = 16384;
/** Size of each of this Worker's memories in 64 KiB pages, as last seen: u32 each, 16 of them. */
export const T_MEMORY_PAGES = 512;
