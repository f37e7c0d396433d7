;; From page memory to the program's, to be merged with kernel-wasm/assembly/direct at build time (tools/build/direct-library.ts).
(module
  (import "memories" "page" (memory $page 1 65536 shared))
  (import "program-memory" "memory" (memory $program 0))

  (func (export "copy") (param i32 i32 i32) (memory.copy $program $page (local.get 0) (local.get 1) (local.get 2)))
  (func (export "pages") (result i32) (memory.size $program)))
