# Assay's master boot record (spec M5, M10, B3). It chooses the system partition by the boot control record, counts
# the attempt in that record before the primary is started, and hands control to the partition's own boot sector.
# docs/layouts.md describes the record; boot-control.ts is the other party that writes it.
#
# On COM1 it says what it does, one line: "ASSAY MBR primary 1/3", "ASSAY MBR emergency".
#
# Symbols given by the assembler's command line, from the layout:
#   RECORD_A, RECORD_B                absolute sectors of the two copies of the record
#   PRIMARY_ENTRY, EMERGENCY_ENTRY    offsets of the two partition table entries in sector 0
#   WATCHDOG_PORT, WATCHDOG_VALUE     when the layout has a watchdog: what sets it going

        .include "crc-32.inc.S"

        .code16
        .text
        .globl _start

        # The BIOS loads a boot sector here; the record's copies are read to the two buffers.
        .set bootSector, 0x7c00
        .set bufferA, 0x8000
        .set bufferB, 0x8200
        .set loadedAt, 0x0600

        # Places in the record (record-format.ts, boot-control.ts).
        .set versionAndKind, 8
        .set sequence, 12
        .set target, 20
        .set attempts, 21
        .set attemptLimit, 22
        .set checkedBytes, 508

# The code is linked for 0x600 and begins at 0x7c00, so nothing here may name an address before the jump. From the
# BIOS to the partition's boot sector, DL is the drive.
_start:
        xorw    %ax, %ax
        movw    %ax, %ss
        movw    $bootSector, %sp
        movw    %ax, %ds
        movw    %ax, %es
        sti
        cld
        movw    %sp, %si
        movw    $loadedAt, %di
        movw    $256, %cx
        rep movsw
        ljmp    $0, $relocated

relocated:
        .ifdef  WATCHDOG_VALUE
        # From here on, whatever hangs ends in a restart: boot sector, loader, kernel.
        pushw   %dx
        movw    $WATCHDOG_PORT, %dx
        movb    $WATCHDOG_VALUE, %al
        outb    %al, %dx
        popw    %dx
        .endif

        # Both copies are read; the valid one with the higher sequence number counts, the other is written next.
        movw    $bufferA, %bx
        call    readRecord
        pushl   %eax
        movw    $RECORD_B, packetSector
        movw    $bufferB, %bx
        call    readRecord
        popl    %ecx
        cmpl    %ecx, %eax
        ja      takeB
        movw    $bufferA, %bx
        jmp     chosen
takeB:
        movw    $RECORD_A, packetSector
chosen:
        orl     %ecx, %eax
        jz      badRecord

        cmpb    $1, target(%bx)
        jne     emergency
        movb    attempts(%bx), %al
        cmpb    attemptLimit(%bx), %al
        jae     emergency

        # Count first: an attempt that is not on the disk could fail for ever.
        incb    attempts(%bx)
        incl    sequence(%bx)
        call    checksum
        movl    %eax, (%si)
        movw    $0x4300, %ax
        call    disk
        jc      badRecord
        call    startPrimary
        # It came back: there is no boot sector. The other system is all that is left.
        jmp     emergency

badRecord:
        xorw    %bx, %bx
        movw    $badRecordText, %si
        call    printLine
emergency:
        movw    $emergencyText, %si
        movw    $loadedAt + EMERGENCY_ENTRY, %di
        call    start
        # Better a primary that has failed before than nothing at all.
        call    startPrimary
        movw    $nothingText, %si
        call    printLine
        int     $0x18
halt:
        hlt
        jmp     halt

# Says the text at SI and starts the partition whose table entry is at DI; comes back when it has no boot sector.
startPrimary:
        movw    $primaryText, %si
        movw    $loadedAt + PRIMARY_ENTRY, %di
start:
        call    printLine
        movl    8(%di), %eax
        testl   %eax, %eax
        jz      startFailed
        movl    %eax, packetSector
        pushw   %bx
        movw    $bootSector, %bx
        call    readSector
        popw    %bx
        jc      startFailed
        cmpw    $0xaa55, bootSector + 510
        jne     startFailed
        # Boot sectors expect the drive in DL and, at DS:SI, the entry that they were started from, marked active.
        movw    %di, %si
        movb    $0x80, (%si)
        ljmp    $0, $bootSector

# Reads the record at the packet's sector to BX; EAX is its sequence number, or zero when it is not valid.
readRecord:
        call    readSector
        jc      invalidRecord
        call    checksum
        cmpl    (%si), %eax
        jne     invalidRecord
        cmpl    $0x00010001, versionAndKind(%bx)
        jne     invalidRecord
        movl    sequence(%bx), %eax
        ret
invalidRecord:
        xorl    %eax, %eax
startFailed:
        ret

# CRC-32 of the record at BX, in EAX; SI is left at the place where the record keeps it.
checksum:
        checksumOf %bx, $checkedBytes
        ret

# Extended read (from `disk` on, with AX given, write) of one sector to BX; carry says that it failed.
readSector:
        movb    $0x42, %ah
disk:
        # A BIOS that fails writes into the packet how many sectors it did: none.
        movb    $1, packetCount
        movw    %bx, packetBuffer
        movw    $packet, %si
        int     $0x13
        ret

# Prints the text at SI and, unless BX is zero, the record's count: "ASSAY MBR primary 1/3".
printLine:
        pushw   %si
        movw    $prefixText, %si
        call    printString
        popw    %si
        call    printString
        testw   %bx, %bx
        jz      printLineEnd
        movb    $' ', %al
        call    printCharacter
        movb    attempts(%bx), %al
        call    printNumber
        movb    $'/', %al
        call    printCharacter
        movb    attemptLimit(%bx), %al
        call    printNumber
printLineEnd:
        movw    $lineEnd, %si
printString:
        lodsb
        testb   %al, %al
        jz      printed
        call    printCharacter
        jmp     printString

printNumber:
        aam
        pushw   %ax
        movb    %ah, %al
        testb   %al, %al
        jz      lastDigit
        call    printNumber
lastDigit:
        popw    %ax
        addb    $'0', %al
printCharacter:
        pushaw
        # The BIOS waits for the port, but not for ever.
        movb    $1, %ah
        xorw    %dx, %dx
        int     $0x14
        popaw
printed:
        ret

# The disk address packet of INT 13h: one sector.
packet:
        .byte   0x10, 0
packetCount:
        .word   0
packetBuffer:
        .word   0, 0
packetSector:
        .long   RECORD_A, 0

prefixText:
        .asciz  "ASSAY MBR "
primaryText:
        .asciz  "primary"
emergencyText:
        .asciz  "emergency"
badRecordText:
        .asciz  "bad record"
nothingText:
        .asciz  "no system"
lineEnd:
        .asciz  "\r\n"
