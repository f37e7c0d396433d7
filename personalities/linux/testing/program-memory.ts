// The accessors that the machine gives to the emulation library as module "program", in plain JavaScript: slow, and without the
// kernel. For tests under Node.

export function programImports(memory: WebAssembly.Memory, own: WebAssembly.Memory): WebAssembly.ModuleImports {
  const view = (): DataView => new DataView(memory.buffer);
  const bytes = (of: WebAssembly.Memory, address: number, length: number): Uint8Array => new Uint8Array(of.buffer, address >>> 0, length >>> 0);
  return {
    load8: (address: number) => view().getUint8(address >>> 0),
    load16: (address: number) => view().getUint16(address >>> 0, true),
    load32: (address: number) => view().getUint32(address >>> 0, true),
    load64: (address: number) => view().getBigUint64(address >>> 0, true),
    store8: (address: number, value: number) => view().setUint8(address >>> 0, value),
    store16: (address: number, value: number) => view().setUint16(address >>> 0, value, true),
    store32: (address: number, value: number) => view().setUint32(address >>> 0, value, true),
    store64: (address: number, value: bigint) => view().setBigUint64(address >>> 0, value, true),
    copyIn: (destination: number, source: number, length: number) => bytes(own, destination, length).set(bytes(memory, source, length)),
    copyOut: (destination: number, source: number, length: number) => bytes(memory, destination, length).set(bytes(own, source, length)),
    size: () => memory.buffer.byteLength,
  };
}
