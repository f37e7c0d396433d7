// The Worker of plain-calls.ts.

let calls: (count: number) => number;

addEventListener("message", (event: MessageEvent<{ caller: WebAssembly.Module; callee: WebAssembly.Module } | { count: number }>) => {
  const message = event.data;
  if ("caller" in message) {
    const env = { memory: new WebAssembly.Memory({ initial: 16, maximum: 1024, shared: true }) };
    const callee = new WebAssembly.Instance(message.callee, { env });
    calls = new WebAssembly.Instance(message.caller, { env, callee: callee.exports as WebAssembly.ModuleImports }).exports.calls as typeof calls;
    postMessage(0);
    return;
  }
  const began = performance.now();
  if (calls(message.count) !== 0) throw new Error("a plain call went wrong");
  postMessage(performance.now() - began);
});
