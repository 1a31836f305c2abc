# Included by master-boot-record.S and medium-first-stage.S, for both check a record (core/records/record-format.ts).
#
# CRC-32 (as in zlib) of `count` bytes from `from` on, in EAX. SI is left behind the last of them; CX and DH are used up.
        .macro  checksumOf from, count
        movw    \from, %si
        movw    \count, %cx
        orl     $-1, %eax
nextByte\@:
        xorb    (%si), %al
        incw    %si
        movb    $8, %dh
nextBit\@:
        shrl    $1, %eax
        jnc     noPolynomial\@
        xorl    $0xedb88320, %eax
noPolynomial\@:
        decb    %dh
        jnz     nextBit\@
        loop    nextByte\@
        notl    %eax
        .endm
