// Shared memories that grow while several threads use them. A thread hears of another one's growth a moment later: until then its instances and
// its WebAssembly.Memory objects have the old size. Growing by nothing brings what this thread has up to date.

/** The memory's buffer as long as it is now. Of a memory that is not shared, the buffer that it has. */
export function currentBuffer(memory: WebAssembly.Memory): ArrayBufferLike {
  const { buffer } = memory;
  if (typeof SharedArrayBuffer === "undefined" || !(buffer instanceof SharedArrayBuffer)) return buffer;
  memory.grow(0);
  return memory.buffer;
}

/** Make a shared memory at least `bytes` long; others may do the same at the same time. Whether it is now: it has a maximum, and an engine may have no more. */
export function reach(memory: WebAssembly.Memory, bytes: number): boolean {
  // Each time that it is made larger, if only by nothing, the engine tells all other threads.
  if (memory.buffer.byteLength >= bytes) return true;
  for (;;) {
    const missing = bytes - currentBuffer(memory).byteLength;
    if (missing <= 0) return true;
    try { memory.grow(Math.ceil(missing / 65536)); } catch {
      // Somebody else may have made it so large that ours was too much.
      if (currentBuffer(memory).byteLength < bytes) return false;
    }
  }
}
