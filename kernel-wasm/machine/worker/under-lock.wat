;; What the kernel has done while it holds its lock. Nothing may break it off there, so this is no JavaScript, which an engine compiles
;; when it is first called (or again, when it has thrown the code away), and wants 40 KiB of stack for: more than the kernel has proved (I16).
;; tools/generate-machine-modules.ts replaces FRAMES_BASE and puts it into generated/under-lock.ts.
(module
  (import "a" "memory" (memory 1 65536 shared))

  ;; Make page memory large enough for `frames` frames, and by half of what there is or 16 MiB if that can be had (few times in all, as each
  ;; is told to every thread): how many it has room for now.
  (func (export "grow") (param $frames i32) (result i32) (local $size i32) (local $least i32) (local $step i32)
    ;; By nothing: so this instance hears of what others have done.
    (local.set $size (memory.grow (i32.const 0)))
    (local.set $least (i32.sub
      (i32.shr_u (i32.add (i32.add (i32.const FRAMES_BASE) (i32.shl (local.get $frames) (i32.const 12))) (i32.const 65535)) (i32.const 16))
      (local.get $size)))
    (if (i32.gt_s (local.get $least) (i32.const 0)) (then
      (local.set $step (i32.shr_u (local.get $size) (i32.const 1)))
      (if (i32.lt_u (local.get $step) (i32.const 256)) (then (local.set $step (i32.const 256))))
      ;; Near its maximum, or where the engine has no more, it gets what there is.
      (block $done (loop $less
        (if (i32.lt_u (local.get $step) (local.get $least)) (then (local.set $step (local.get $least))))
        (br_if $done (i32.ge_s (memory.grow (local.get $step)) (i32.const 0)))
        (br_if $done (i32.le_u (local.get $step) (local.get $least)))
        (local.set $step (i32.shr_u (local.get $step) (i32.const 1)))
        (br $less)))))
    (i32.shr_u (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const FRAMES_BASE)) (i32.const 12))))
