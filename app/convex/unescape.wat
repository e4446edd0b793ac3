;; Unescapes the content of a JSON string, 16 bytes at a time. `scripts/wasm.mjs` compiles it into
;; `unescape-wasm.ts`; `unescape.ts` gives it work and owns the layout of its memory.
;;
;; What Convex answers as lines is JSON, escaped once more: the only escapes in it are `\"`, `\\`
;; and `\n`. They lose their backslash, which is taken out of a vector by a shuffle from a table.
;; Whatever ends a run is looked at byte by byte.
(module
  ;; 192 KiB, never grown: views on it stay valid. The table is at 0x24000.
  (memory (export "memory") 3 3)

  ;; Where the last call stopped: the next byte to read, and the next to write.
  (global $read (export "read") (mut i32) (i32.const 0))
  (global $written (export "written") (mut i32) (i32.const 0))

  ;; Fills the table: for each of the 256 ways in which 8 bytes can lose some, 8 indices that move
  ;; those that stay to the front. The indices behind them are left 0, and nobody reads those bytes.
  (func $fill_table
    (local $lost i32)
    (local $bit i32)
    (local $to i32)
    (loop $each_way
      (local.set $to (i32.add (i32.const 0x24000) (i32.shl (local.get $lost) (i32.const 3))))
      (local.set $bit (i32.const 0))
      (loop $each_bit
        (if (i32.eqz (i32.and (i32.shr_u (local.get $lost) (local.get $bit)) (i32.const 1)))
          (then
            (i32.store8 (local.get $to) (local.get $bit))
            (local.set $to (i32.add (local.get $to) (i32.const 1)))))
        (local.set $bit (i32.add (local.get $bit) (i32.const 1)))
        (br_if $each_bit (i32.lt_u (local.get $bit) (i32.const 8))))
      (local.set $lost (i32.add (local.get $lost) (i32.const 1)))
      (br_if $each_way (i32.lt_u (local.get $lost) (i32.const 256)))))
  (start $fill_table)

  ;; Unescapes the bytes [in, end) to `out`, and says why it stopped:
  ;;   0  at the end of the input
  ;;   1  at the closing quote, which `read` points at
  ;;   2  at the backslash of an escape that it leaves to the caller: one of the rare ones, or one
  ;;      that is cut at the end of the input
  ;;   3  at a control character, which JSON does not allow in a string
  ;; Never reads behind `end`; stores up to 15 bytes behind the last one that counts.
  (func (export "unescape") (param $in i32) (param $end i32) (param $out i32) (result i32)
    (local $bytes v128)
    (local $backslash v128)
    (local $quote v128)
    (local $control v128)
    ;; Of the 16 bytes, one bit each: backslashes, quotes, backslashes that begin an escape, and
    ;; bytes that are escaped.
    (local $backslashes i32)
    (local $quotes i32)
    (local $escapes i32)
    (local $escaped i32)
    (local $codes i32)
    ;; Escaped bytes that are neither a quote nor a backslash.
    (local $others i32)
    ;; 1 where the last byte before these began an escape.
    (local $carry i32)
    (local $half i32)
    (local $byte i32)
    (local $reason i32)
    (local.set $backslash (i8x16.splat (i32.const 0x5c)))
    (local.set $quote (i8x16.splat (i32.const 0x22)))
    (local.set $control (i8x16.splat (i32.const 0x1f)))
    (block $stop
      (loop $next
        (block $one_byte
          (br_if $one_byte
            (i32.gt_u (i32.add (local.get $in) (i32.const 16)) (local.get $end)))
          (local.set $bytes (v128.load (local.get $in)))
          (br_if $one_byte (v128.any_true (i8x16.le_u (local.get $bytes) (local.get $control))))
          (local.set $backslashes
            (i8x16.bitmask (i8x16.eq (local.get $bytes) (local.get $backslash))))
          (local.set $quotes
            (i8x16.bitmask (i8x16.eq (local.get $bytes) (local.get $quote))))
          (if (i32.eqz
              (i32.or
                (i32.or (local.get $backslashes) (local.get $quotes))
                (local.get $carry)))
            (then
              (v128.store (local.get $out) (local.get $bytes))
              (local.set $in (i32.add (local.get $in) (i32.const 16)))
              (local.set $out (i32.add (local.get $out) (i32.const 16)))
              (br $next)))

          ;; Which backslashes begin an escape and which are escaped, without a loop over their
          ;; runs: the subtraction's borrow runs through each (simdjson, json_escape_scanner.h).
          (local.set $codes
            (i32.and (local.get $backslashes) (i32.xor (local.get $carry) (i32.const -1))))
          (local.set $codes
            (i32.xor
              (i32.sub
                (i32.or (i32.shl (local.get $codes) (i32.const 1)) (i32.const 0xaaaaaaaa))
                (local.get $codes))
              (i32.const 0xaaaaaaaa)))
          (local.set $escapes (i32.and (local.get $codes) (local.get $backslashes)))
          (local.set $escaped
            (i32.and
              (i32.xor
                (local.get $codes)
                (i32.or (local.get $backslashes) (local.get $carry)))
              (i32.const 0xffff)))
          (local.set $others
            (i32.and
              (local.get $escaped)
              (i32.xor
                (i32.or (local.get $quotes) (local.get $backslashes))
                (i32.const -1))))

          ;; A quote that is not escaped closes the string.
          (br_if $one_byte
            (i32.and (local.get $quotes) (i32.xor (local.get $escaped) (i32.const -1))))
          (if (local.get $others)
            (then
              (br_if $one_byte
                (i32.ne
                  (local.get $others)
                  (i32.and
                    (local.get $others)
                    (i8x16.bitmask
                      (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x6e)))))))
              ;; Each `n` that is escaped becomes a newline: its bit, spread over its byte, and 0x64,
              ;; in which the two differ.
              (local.set $bytes
                (v128.xor
                  (local.get $bytes)
                  (v128.and
                    (i8x16.splat (i32.const 0x64))
                    (i8x16.ne
                      (v128.and
                        (i8x16.shuffle 0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1
                          (i32x4.splat (local.get $others))
                          (local.get $bytes))
                        (v128.const i64x2 0x8040201008040201 0x8040201008040201))
                      (v128.const i64x2 0 0)))))))

          ;; Both halves without the backslashes that begin an escape.
          (local.set $half (i32.and (local.get $escapes) (i32.const 0xff)))
          (v128.store64_lane 0 (local.get $out)
            (i8x16.swizzle
              (local.get $bytes)
              (v128.load64_zero offset=0x24000 (i32.shl (local.get $half) (i32.const 3)))))
          (v128.store64_lane 0
            (i32.add (local.get $out) (i32.sub (i32.const 8) (i32.popcnt (local.get $half))))
            (i8x16.swizzle
              (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
                (local.get $bytes)
                (local.get $bytes))
              (v128.load64_zero offset=0x24000
                (i32.shl (i32.shr_u (local.get $escapes) (i32.const 8)) (i32.const 3)))))
          (local.set $out
            (i32.add
              (local.get $out)
              (i32.sub (i32.const 16) (i32.popcnt (local.get $escapes)))))
          ;; An escape that begins at the last byte: so that the next address does not wait for what
          ;; these bytes hold, they are not read again.
          (local.set $carry (i32.shr_u (local.get $escapes) (i32.const 15)))
          (local.set $in (i32.add (local.get $in) (i32.const 16)))
          (br $next))

        ;; From the backslash on, where an escape has begun.
        (local.set $in (i32.sub (local.get $in) (local.get $carry)))
        (local.set $carry (i32.const 0))
        (br_if $stop (i32.ge_u (local.get $in) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $in)))
        (local.set $reason (i32.const 1))
        (br_if $stop (i32.eq (local.get $byte) (i32.const 0x22)))
        (local.set $reason (i32.const 3))
        (br_if $stop (i32.le_u (local.get $byte) (i32.const 0x1f)))
        (if (i32.eq (local.get $byte) (i32.const 0x5c))
          (then
            (local.set $reason (i32.const 2))
            (br_if $stop
              (i32.ge_u (i32.add (local.get $in) (i32.const 1)) (local.get $end)))
            (local.set $byte (i32.load8_u offset=1 (local.get $in)))
            (if (i32.eq (local.get $byte) (i32.const 0x6e))
              (then (local.set $byte (i32.const 0x0a)))
              (else
                (br_if $stop
                  (i32.and
                    (i32.ne (local.get $byte) (i32.const 0x22))
                    (i32.ne (local.get $byte) (i32.const 0x5c))))))
            (local.set $in (i32.add (local.get $in) (i32.const 1)))))
        (local.set $reason (i32.const 0))
        (i32.store8 (local.get $out) (local.get $byte))
        (local.set $in (i32.add (local.get $in) (i32.const 1)))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (br $next)))
    (global.set $read (local.get $in))
    (global.set $written (local.get $out))
    (local.get $reason)))
