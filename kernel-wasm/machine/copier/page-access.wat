;; From page memory to the program's, to be merged with kernel-wasm/assembly/direct at build time (tools/build/direct-library.ts).
(module
  (import "memories" "page" (memory $page 1 65536 shared))
  (import "program-memory" "memory" (memory $program 0))

  ;; What an instance knows of page memory's size may be out of date for a moment after another thread has made it larger; growing it by nothing
  ;; brings it up to date.
  (func (export "copy") (param i32 i32 i32)
    (if (i32.gt_u (i32.add (local.get 1) (local.get 2)) (i32.shl (memory.size $page) (i32.const 16)))
      (then (drop (memory.grow $page (i32.const 0)))))
    (memory.copy $program $page (local.get 0) (local.get 1) (local.get 2)))
  (func (export "pages") (result i32) (memory.size $program)))
