// What GrailOS needs of a browser, and what to tell a person whose browser lacks it. Detection is boot/detect-browser's; this is
// the closed list and its words.

export type Need = "webAssembly" | "sharedMemory" | "isolation" | "threads" | "waitAsync" | "moduleWorkers" | "bigInt";
export type Capabilities = Record<Need, boolean>;
export interface Lack { need: Need; name: string; why: string; remedy: string }

const NEEDS: Record<Need, Omit<Lack, "need">> = {
  webAssembly: {
    name: "WebAssembly", why: "The kernel, the servers and all programs are WebAssembly modules.",
    remedy: "Use a current browser, and allow WebAssembly if a lockdown or security mode forbids it.",
  },
  isolation: {
    name: "Cross-origin isolation", why: "Browsers share memory between Workers only in a page that is isolated from other sites.",
    remedy: "Open the page over https:// or from localhost, not in a private window that blocks service workers and not inside another site's frame, and reload it once.",
  },
  sharedMemory: {
    name: "SharedArrayBuffer", why: "The kernel's memory is shared by all Workers, as the upper half of an address space is by processors.",
    remedy: "It comes with cross-origin isolation. If that is there and this is not, the browser is too old.",
  },
  threads: {
    name: "WebAssembly threads", why: "Domains block and wake each other with atomic instructions on shared memory.",
    remedy: "Update to Chrome or Edge 91, Firefox 100, Safari 16.4 or newer.",
  },
  waitAsync: {
    name: "Atomics.waitAsync", why: "Drivers (the console, the clock) wait for calls without stopping their event loop.",
    remedy: "Update to Chrome or Edge 87, Safari 16.4, Firefox 145 or newer.",
  },
  moduleWorkers: {
    name: "Module Workers", why: "Each server runs in a Worker of its own that loads an ECMAScript module.",
    remedy: "Update to Chrome or Edge 80, Safari 15, Firefox 114 or newer.",
  },
  bigInt: {
    name: "64-bit integers (BigInt)", why: "Messages carry 64-bit words between JavaScript and WebAssembly.",
    remedy: "Use a current browser.",
  },
};

/** Root causes first; nothing if all is there. */
export function lacks(capabilities: Capabilities): Lack[] {
  const order: Need[] = ["webAssembly", "isolation", "sharedMemory", "threads", "waitAsync", "moduleWorkers", "bigInt"];
  return order.filter((need) => !capabilities[need]).map((need) => ({ need, ...NEEDS[need] }));
}
