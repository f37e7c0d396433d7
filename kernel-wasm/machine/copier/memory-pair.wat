;; Everything that two memories can do to each other, for one pair: memory 0 (a; the program's, for accessors) and memory 1
;; (b; the library's). tools/generate-machine-modules.ts assembles it four times, replacing LIMITS_A and LIMITS_B by `0` or
;; `0 65536 shared`, into generated/memory-pair.ts. Every address is checked by the engine: out of bounds traps.
(module
  (import "a" "memory" (memory $a LIMITS_A))
  (import "b" "memory" (memory $b LIMITS_B))

  ;; What an instance knows of a shared memory's size may be out of date for a moment after another thread has made it larger;
  ;; growing it by nothing brings it up to date.
  (func $know_a (param $address i32) (param $length i32)
    (if (i64.gt_u (i64.add (i64.extend_i32_u (local.get $address)) (i64.extend_i32_u (local.get $length)))
        (i64.shl (i64.extend_i32_u (memory.size $a)) (i64.const 16)))
      (then (drop (memory.grow $a (i32.const 0))))))
  (func $know_b (param $address i32) (param $length i32)
    (if (i64.gt_u (i64.add (i64.extend_i32_u (local.get $address)) (i64.extend_i32_u (local.get $length)))
        (i64.shl (i64.extend_i32_u (memory.size $b)) (i64.const 16)))
      (then (drop (memory.grow $b (i32.const 0))))))

  ;; copy(destination in b, source in a, length) and the way back.
  (func (export "copy") (param i32 i32 i32)
    (call $know_a (local.get 1) (local.get 2))
    (call $know_b (local.get 0) (local.get 2))
    (memory.copy $b $a (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copyBack") (param i32 i32 i32)
    (call $know_a (local.get 0) (local.get 2))
    (call $know_b (local.get 1) (local.get 2))
    (memory.copy $a $b (local.get 0) (local.get 1) (local.get 2)))

  ;; Single accesses to a, little-endian, any alignment.
  (func (export "load8_u") (param i32) (result i32) (i32.load8_u $a (local.get 0)))
  (func (export "load16_u") (param i32) (result i32) (i32.load16_u $a align=1 (local.get 0)))
  (func (export "load32") (param i32) (result i32) (i32.load $a align=1 (local.get 0)))
  (func (export "load64") (param i32) (result i64) (i64.load $a align=1 (local.get 0)))
  (func (export "store8") (param i32 i32) (i32.store8 $a (local.get 0) (local.get 1)))
  (func (export "store16") (param i32 i32) (i32.store16 $a align=1 (local.get 0) (local.get 1)))
  (func (export "store32") (param i32 i32) (i32.store $a align=1 (local.get 0) (local.get 1)))
  (func (export "store64") (param i32 i64) (i64.store $a align=1 (local.get 0) (local.get 1)))

  ;; Bytes of a now; a memory of the full 4 GiB says one byte less, as the number must fit.
  (func (export "size") (result i32)
    (select (i32.const -1) (i32.shl (memory.size $a) (i32.const 16))
      (i32.ge_u (memory.size $a) (i32.const 65536)))))
