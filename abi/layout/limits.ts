// Limits and record layouts that more than one side must know. Read by the AssemblyScript and by the TypeScript compiler:
// integer constants only.

/** Domains in all; the last ones are kept for servers. */
export const MAX_DOMAINS = 96;
export const DOMAINS_FOR_SERVERS = 24;
/** Threads in all: one Worker each. */
export const MAX_THREADS = 128;
export const MESSAGE_WORDS = 8;
export const MESSAGE_CAPS = 4;
/** Bytes of a frame (page) of a Dataspace. */
export const FRAME_SIZE = 4096;
/** Bytes of a thread's transfer window in page memory: the most that all ranges of one message may add up to. */
export const WINDOW_SIZE = 262144;
/** The most bytes that a well-behaved stub puts in one range. */
export const RANGE_LIMIT = 65536;
/** The most bytes of the ranges that the definitions call `large`: a whole window. A caller whose window holds ranges of the calls that it is inside of
 *  can send, and is offered, less. */
export const TRANSFER_LIMIT = 262144;
export const MAX_PATH = 4096;
export const MAX_NAME = 255;
/** The mount table's Dataspace (MountTableHeader): mounts at the most, and where its text begins. */
export const MAX_MOUNTS = 64;
export const MOUNT_TABLE_TEXT = 4160;

// The shape of a message: bits 0–3 words, 4–6 capabilities, 7–8 send ranges (0–2), 9 has a receive range.
export const SHAPE_CAPS = 16;
export const SHAPE_SEND = 128;
export const SHAPE_RECEIVE = 512;

// What a server's dispatch returns instead of a status: the reply was saved and will be sent later.
export const DEFERRED = 1;

// What `relay` returns instead of a status: the call cannot be made with the ranges of another.
export const NOT_RELAYED = 1;

// Labels that the kernel itself delivers (interface number 0). They come with rights 0, which no message of a domain has (a
// call needs Write), so a server can tell them from a forgery.
/** w0: the signal bits of a Notification bound to the endpoint. */
export const LABEL_SIGNAL = 1;
/** badge: the last capability with that badge (minted with the right NotifyLast's watch) is gone. */
export const LABEL_ORPHAN = 2;
/** badge: of the fault endpoint's capability; w0 domain number, w1 reason, w2 status; send range: UTF-8 text. */
export const LABEL_FAULT = 3;
/** badge: as given to dataspaceSetPager; w0 first page wanted, w1 pages, w2 1 if the page is about to be overwritten whole. */
export const LABEL_PAGE_FAULT = 4;

// Marks of a page of a Dataspace, as dataspaceMarks clears them.
/** Written since the mark was cleared. */
export const MARK_DIRTY = 1;
/** Read or written since the mark was cleared. */
export const MARK_REFERENCED = 2;
/** The most pages whose marks one call looks at. */
export const MARK_PAGES = 64;

/** Nanoseconds from before a `map` of the buffer cache to after the write, beyond which others may have taken the pages: they are mapped again
 *  (idl/server/cache.idl.ts, (3)). */
export const MAP_PATIENCE = 25000000;

// Rights of a capability.
export const RIGHT_READ = 1;
export const RIGHT_WRITE = 2;
/** May be copied on in messages. */
export const RIGHT_GRANT = 4;
/** May receive on the endpoint, wait on the notification. */
export const RIGHT_RECEIVE = 8;
/** Administrative operations of the object; servers see it as `kernel.rights` of the capability used. */
export const RIGHT_MANAGE = 16;
export const RIGHT_ALL = 31;

// Kinds of object.
export const OBJECT_NONE = 0;
export const OBJECT_DOMAIN = 1;
export const OBJECT_THREAD = 2;
export const OBJECT_ENDPOINT = 3;
export const OBJECT_REPLY = 4;
export const OBJECT_NOTIFICATION = 5;
export const OBJECT_DATASPACE = 6;
export const OBJECT_SYSTEM = 7;

// Why a domain ended.
export const FAULT_EXIT = 0;
export const FAULT_KILLED = 1;
export const FAULT_TRAP = 2;
export const FAULT_BAD_PROGRAM = 3;
export const FAULT_MISSING_IMPORT = 4;
export const FAULT_HANG = 5;

// Slots that every domain finds filled when it starts.
export const SLOT_NONE = 0;
/** The name server (`names`). */
export const SLOT_NAMES = 1;
/** Servers: the domain's own endpoint to receive on. Processes: the `process` server, badge = own pid. */
export const SLOT_SELF = 2;
/** Servers: the manifest's extra capability, if any. Processes: the root `directory` handle. */
export const SLOT_ROOT = 3;
/** System object, for those that may administer. */
export const SLOT_SYSTEM = 4;
export const SLOT_FIRST_FREE = 8;

// What process.give takes besides descriptors 0–255. Root and System are inherited by the children of the process they are given to.
export const MAX_DESCRIPTOR = 255;
/** Working directory: a `directory` capability of the VFS. */
export const DESCRIPTOR_DIRECTORY = 256;
/** The System object: the child, and its children, may administer. */
export const DESCRIPTOR_SYSTEM = 257;
/** Root directory: becomes the child's SLOT_ROOT. */
export const DESCRIPTOR_ROOT = 258;
/** A Notification whose bit 0 the process server signals whenever the child ends or stops. The child does not get it. */
export const DESCRIPTOR_WATCH = 259;
/** process.take only: the Dataspace of the program that the process was started on, readable. (The Linux personality looks in it for
 *  the libc variable that holds the working directory.) BadHandle where the program is no Dataspace. */
export const DESCRIPTOR_PROGRAM = 260;
