# The first stage of the recovery medium (spec B1, B4): what the BIOS loads from the CD, before isolinux. When a disk
# carries a next-start record (next-start.ts) it erases the record and hands control to that disk's master boot record;
# otherwise it loads isolinux, as if the BIOS had done so. Linux on the medium cannot go back to the BIOS, so this is how
# its decision is carried out.
#
# The record counts for one start only. It is erased before anything is started by it, and what cannot be erased, or
# does not read back as zeros, is no record: a disk that fails must never keep the medium out.
#
# On COM1 it says what it does, one line: "ASSAY MEDIUM chain disk 1 partition 2". It says nothing when there is no record.
#
# Symbols given by the assembler's command line:
#   NEXT_START_SECTOR                 the sector of the record, on every disk
#   VERSION_AND_KIND, PAYLOAD_BYTES   what the frame of a valid record says of itself
#   WATCHDOG_PORT, NO_WATCHDOG        where a watchdog is set going, and the value that stands for none

        .include "crc-32.inc.S"

        .code16
        .text
        .globl _start

        .set bootSector, 0x7c00
        .set loadedAt, 0x0600
        .set imageBytes, 2048
        # Room for a sector of any disk: 512 or 4096 bytes.
        .set buffer, 0x9000
        .set bufferBytes, 4096
        .set serialPorts, 0x0400

        # Places in the record (core/records/record-format.ts, next-start.ts).
        .set versionAndKind, 8
        .set payloadLength, 16
        .set partitionNumber, 20
        .set watchdogValue, 21
        .set checkedBytes, 508
        .set recordBytes, 512

        .set firstDisk, 0x80
        .set lastDisk, 0x87

# The code is linked for 0x600 and begins at 0x7c00, so nothing here may name an address before the jump.
_start:
        jmp     relocate

# The boot information table (mkisofs(8), "EL TORITO BOOT INFORMATION TABLE"), filled in when the medium is written. It
# says where this image lies on the CD; isolinux follows it.
        .org    8
bootInformation:
        .long   0
imageBlock:
        .long   0
        .space  48

relocate:
        cli
        # The BIOS's own stack and its pointer to Plug and Play, which isolinux wants to see as they were.
        movw    %ss, %bx
        movw    %sp, %bp
        movw    %es, %cx
        movw    %di, %si
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movw    $bootSector, %sp
        sti
        cld
        pushw   %bx
        pushw   %bp
        pushw   %cx
        pushw   %si
        pushw   %dx
        movw    $bootSector, %si
        movw    $loadedAt, %di
        movw    $imageBytes / 2, %cx
        rep movsw
        ljmp    $0, $relocated

relocated:
        popw    savedDrive
        popw    savedDi
        popw    savedEs
        popw    savedSp
        popw    savedSs
        movb    $firstDisk, drive
nextDisk:
        call    takeRecord
        jc      noRecord
        call    chain
noRecord:
        incb    drive
        cmpb    $lastDisk, drive
        jbe     nextDisk

# No record, or nothing that could be started by it: isolinux. Only its first block; it loads the rest itself.
        movb    savedDrive, %dl
        movb    %dl, drive
        movl    imageBlock, %eax
        incl    %eax
        movl    %eax, packetSector
        movw    $bootSector, %bx
        movw    $5, %cx
readLoader:
        pushw   %cx
        call    readSector
        popw    %cx
        jnc     startLoader
        # A CD that has just been put in may answer with an error once.
        xorw    %ax, %ax
        movb    drive, %dl
        int     $0x13
        loop    readLoader
        movw    $unreadableText, %si
        call    printLine
        # Five seconds, then the whole start again.
        movb    $0x86, %ah
        movw    $0x004c, %cx
        movw    $0x4b40, %dx
        int     $0x15
        int     $0x19
halt:
        hlt
        jmp     halt

startLoader:
        movw    savedDrive, %dx
        movw    savedDi, %di
        movw    savedEs, %es
        cli
        movw    savedSs, %ss
        movw    savedSp, %sp
        sti
        ljmp    $0, $bootSector

# Takes the record off the disk: carry is clear when the buffer has held a valid one that now is zeros on the disk.
takeRecord:
        # Whoever has the extensions answers with the magic turned round, and bit 0: reads and writes by packet.
        movb    $0x41, %ah
        movw    $0x55aa, %bx
        movb    drive, %dl
        int     $0x13
        jc      notTaken
        cmpw    $0xaa55, %bx
        jne     notTaken
        testb   $1, %cl
        jz      notTaken

        # What a read leaves untouched must not be what another disk held.
        movb    $0xff, %al
        call    fillBuffer
        movl    $NEXT_START_SECTOR, packetSector
        movw    $buffer, %bx
        call    readSector
        jc      notTaken
        movw    $buffer, %si
        movw    $magic, %di
        movw    $8, %cx
        repe cmpsb
        jne     notTaken
        cmpl    $VERSION_AND_KIND, buffer + versionAndKind
        jne     notTaken
        cmpl    $PAYLOAD_BYTES, buffer + payloadLength
        jne     notTaken
        call    checksum
        cmpl    buffer + checkedBytes, %eax
        jne     notTaken
        movw    buffer + partitionNumber, %ax
        movw    %ax, taken

        xorb    %al, %al
        call    fillBuffer
        movw    $0x4300, %ax
        call    disk
        jc      notTaken
        movb    $0xff, %al
        call    fillBuffer
        call    readSector
        jc      notTaken
        movw    $buffer, %di
        movw    $recordBytes, %cx
        xorb    %al, %al
        repe scasb
        jne     notTaken
        clc
        ret
notTaken:
        stc
        ret

# Starts the disk's master boot record; comes back when there is none.
chain:
        movl    $0, packetSector
        movw    $bootSector, %bx
        call    readSector
        jc      notStarted
        cmpw    $0xaa55, bootSector + 510
        jne     notStarted
        # From here on, whatever hangs ends in a restart, and the medium decides again.
        movb    taken + 1, %al
        cmpb    $NO_WATCHDOG, %al
        je      unwatched
        movw    $WATCHDOG_PORT, %dx
        outb    %al, %dx
unwatched:
        movb    drive, %al
        subb    $firstDisk - '1', %al
        movb    %al, diskDigit
        movb    taken, %al
        addb    $'0', %al
        movb    %al, partitionDigit
        movw    $chainText, %si
        call    printLine
        movb    drive, %dl
        movw    $bootSector, %sp
        ljmp    $0, $bootSector
notStarted:
        movw    $nothingText, %si
        jmp     printLine

# CRC-32 of the record in the buffer, in EAX.
checksum:
        checksumOf $buffer, $checkedBytes
        ret

# Fills the buffer with AL.
fillBuffer:
        movw    $buffer, %di
        movw    $bufferBytes, %cx
        rep stosb
        ret

# Extended read (from `disk` on, with AX given, write) of one sector of the drive to BX; carry says that it failed.
readSector:
        movb    $0x42, %ah
disk:
        # A BIOS that fails writes into the packet how many sectors it did: none.
        movw    $1, packetCount
        movw    %bx, packetBuffer
        movw    $packet, %si
        movb    drive, %dl
        pushw   %bx
        int     $0x13
        popw    %bx
        ret

# Prints the text at SI as a line on COM1. The rate is that of all else on this line: 115200, which is more than the BIOS
# can be asked for.
printLine:
        pushw   %si
        movw    serialPorts, %bx
        testw   %bx, %bx
        jz      rateSet
        leaw    3(%bx), %dx
        movb    $0x80, %al
        outb    %al, %dx
        movw    %bx, %dx
        movw    $0x0001, %ax
        outw    %ax, %dx
        leaw    3(%bx), %dx
        movb    $0x03, %al
        outb    %al, %dx
rateSet:
        movw    $prefixText, %si
        call    printString
        popw    %si
        call    printString
        movw    $lineEnd, %si
printString:
        lodsb
        testb   %al, %al
        jz      printed
        # The BIOS waits for the port, but not for ever.
        movb    $1, %ah
        xorw    %dx, %dx
        int     $0x14
        jmp     printString
printed:
        ret

# As the BIOS has left them; the drive is the CD's.
savedDrive:
        .word   0
savedDi:
        .word   0
savedEs:
        .word   0
savedSp:
        .word   0
savedSs:
        .word   0

# The drive that is read and written now.
drive:
        .byte   0
# Partition number and watchdog value of the record that was taken.
taken:
        .byte   0, 0

# The disk address packet of INT 13h: one sector.
packet:
        .byte   0x10, 0
packetCount:
        .word   0
packetBuffer:
        .word   0, 0
packetSector:
        .long   0, 0

magic:
        .ascii  "ASSAYREC"
prefixText:
        .asciz  "ASSAY MEDIUM "
chainText:
        .ascii  "chain disk "
diskDigit:
        .ascii  "0 partition "
partitionDigit:
        .asciz  "0"
nothingText:
        .asciz  "the disk has no master boot record"
unreadableText:
        .asciz  "cannot be read: the start begins again"
lineEnd:
        .asciz  "\r\n"

        # One block of the CD, after which isolinux lies.
        .org    imageBytes
