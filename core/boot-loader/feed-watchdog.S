# Feeds an IB700 watchdog from user space: for every byte on standard input, one write to its port. It ends with its
# input, and then nobody feeds. Small kernels have neither a driver for this timer nor /dev/port, but every kernel gives
# a port to a process of root that asks for it.
#
# Symbols given by the assembler's command line: WATCHDOG_PORT, WATCHDOG_VALUE.

        .set SYS_read, 0
        .set SYS_exit, 60
        .set SYS_ioperm, 173

        .text
        .globl _start
_start:
        movl    $SYS_ioperm, %eax
        movl    $WATCHDOG_PORT, %edi
        movl    $1, %esi
        movl    $1, %edx
        syscall
        movl    $1, %edi
        testl   %eax, %eax
        jnz     exit
next:
        movl    $SYS_read, %eax
        xorl    %edi, %edi
        leaq    -16(%rsp), %rsi
        movl    $1, %edx
        syscall
        xorl    %edi, %edi
        cmpl    $1, %eax
        jne     exit
        movw    $WATCHDOG_PORT, %dx
        movb    $WATCHDOG_VALUE, %al
        outb    %al, %dx
        jmp     next
exit:
        movl    $SYS_exit, %eax
        syscall
