;; The emulation library's access to its program's memory, to be merged with the library at build time (tools/build/direct-library.ts):
;; one module of two memories then, in which these are single instructions. For programs whose memory is not shared. The accessors of
;; index.ts do the same for a library that was not merged.
(module
  (import "env" "memory" (memory $own 4 1024 shared))
  (import "program-memory" "memory" (memory $program 0))

  (func (export "load8") (param i32) (result i32) (i32.load8_u $program (local.get 0)))
  (func (export "load16") (param i32) (result i32) (i32.load16_u $program align=1 (local.get 0)))
  (func (export "load32") (param i32) (result i32) (i32.load $program align=1 (local.get 0)))
  (func (export "load64") (param i32) (result i64) (i64.load $program align=1 (local.get 0)))
  (func (export "store8") (param i32 i32) (i32.store8 $program (local.get 0) (local.get 1)))
  (func (export "store16") (param i32 i32) (i32.store16 $program align=1 (local.get 0) (local.get 1)))
  (func (export "store32") (param i32 i32) (i32.store $program align=1 (local.get 0) (local.get 1)))
  (func (export "store64") (param i32 i64) (i64.store $program align=1 (local.get 0) (local.get 1)))
  (func (export "copyIn") (param i32 i32 i32) (memory.copy $own $program (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copyOut") (param i32 i32 i32) (memory.copy $program $own (local.get 0) (local.get 1) (local.get 2)))

  ;; Bytes now; a memory of the full 4 GiB says one byte less, as the number must fit.
  (func (export "size") (result i32)
    (select (i32.const -1) (i32.shl (memory.size $program) (i32.const 16))
      (i32.ge_u (memory.size $program) (i32.const 65536)))))
