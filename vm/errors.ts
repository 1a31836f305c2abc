import { errorTable } from '../foundation/index.ts';

/** Errors of `vm/`; every code has a section in `docs/errors/vm.md`. */
export const vmErrors = errorTable({
  VM_SPEC_INVALID: {
    blame: 'usage',
    summary: 'a machine is declared wrongly',
    remedy: 'correct the machine in the scenario',
  },
  VM_QEMU_NOT_STARTED: {
    blame: 'host',
    summary: 'QEMU did not start',
    remedy: 'read what QEMU printed; `assay doctor` checks the host',
  },
  VM_QEMU_DIED: {
    blame: 'host',
    summary: 'QEMU ended although nobody asked it to',
    remedy: 'look at qemu.log in the evidence; memory pressure and a full disk are the usual causes',
  },
  VM_QEMU_NOT_ENDED: {
    blame: 'host',
    summary: 'QEMU is still there after it was killed',
    remedy: 'look for a process in state D with `ps`; the storage under the image may hang',
  },
  VM_MACHINE_OFF: {
    blame: 'harness',
    summary: 'the machine is off',
    remedy: 'power it on first, or wait for what you expect before it goes off',
  },
  VM_MACHINE_STALLED: {
    blame: 'host',
    summary: 'QEMU does not run the machine',
    remedy: 'a full disk or an I/O error on the host pauses a machine: look at the status that is named',
  },
  VM_POWER_OFF_TIMEOUT: {
    blame: 'product',
    summary: 'the machine did not power off in time',
    remedy: 'look at the end of its console; raise the deadline on a slow host with --timeout-scale',
  },
  VM_POWERED_OFF: {
    blame: 'product',
    summary: 'the machine powered itself off while something was expected of it',
    remedy: 'look at the end of its console for the reason',
  },
  VM_QMP_FAILED: {
    blame: 'harness',
    summary: 'QEMU refused a command',
    remedy: 'compare the command with the QMP reference of this version of QEMU',
  },
  VM_QMP_TIMEOUT: {
    blame: 'host',
    summary: 'QEMU did not answer a command',
    remedy: 'the host is overloaded or the storage under an image hangs',
  },
  VM_CONSOLE_TIMEOUT: {
    blame: 'product',
    summary: 'the console did not show what was expected in time',
    remedy: 'compare the expectation with the end of the console; on a slow host use --timeout-scale',
  },
  VM_CONSOLE_SILENT: {
    blame: 'product',
    summary: 'the guest hangs: its console fell silent before it showed what was expected',
    remedy: 'look at the last line it printed; what it did next does not come back',
  },
  VM_CONSOLE_FLOODED: {
    blame: 'product',
    summary: 'the guest floods its console and did not show what was expected',
    remedy: 'find what prints so much; the whole flood is in the console log',
  },
  VM_CONSOLE_CLOSED: {
    blame: 'host',
    summary: 'the console was closed while something was expected of it',
    remedy: 'find what closed the other end of the stream',
  },
  VM_GUEST_PANICKED: {
    blame: 'product',
    summary: 'the guest kernel panicked',
    remedy: 'read the panic in the console log; a scenario that wants one says `panic: "is-noted"`',
  },
  VM_GUEST_RESTARTED: {
    blame: 'product',
    summary: 'the guest restarted by itself while something was expected of it',
    remedy: 'look at the lines before the restart; a scenario that wants one leaves out `restart: "fails"`',
  },
  VM_CONSOLE_GARBLED: {
    blame: 'host',
    summary: 'the console loses or doubles characters on their way',
    remedy: 'believe nothing that came over it; check the cable, the speed and the flow control of the line',
  },
  VM_SHELL_NOT_REACHED: {
    blame: 'product',
    summary: 'no shell answered on the console',
    remedy: 'log in first with console.login(), or boot a system that has a shell on this port',
  },
  VM_SHELL_ENDED: {
    blame: 'product',
    summary: 'the shell on the console ended in the middle of a command',
    remedy: 'the guest restarted or the command ended its own shell; see the end of the console',
  },
  VM_COMMAND_TIMEOUT: {
    blame: 'product',
    summary: 'a command on the console did not end in time',
    remedy: 'see what it printed; give it more time with timeoutMs when it is only slow',
  },
  VM_COMMAND_UNTYPABLE: {
    blame: 'usage',
    summary: 'a command holds a character that cannot be typed',
    remedy: "write it as an escape for the guest's printf: \\r, \\033",
  },
  VM_COMMAND_FAILED: {
    blame: 'product',
    summary: 'a command on the console ended with an error',
    remedy: 'see what it printed; accept other statuses with `acceptExitCodes`',
  },
  VM_OUTPUT_TOO_LARGE: {
    blame: 'usage',
    summary: 'a command printed more than its limit',
    remedy: 'redirect the output to a file in the guest, or raise maxOutputBytes',
  },
  VM_RECORDING_FAILED: {
    blame: 'host',
    summary: 'a console could not be recorded',
    remedy: 'check the space and the permissions of the run folder',
  },
  VM_SERVICE_UNREACHABLE: {
    blame: 'product',
    summary: 'a service of the machine does not answer over the network',
    remedy: 'the machine said it was ready and is not: look at its console and at what the service logged',
  },
  VM_CHECKPOINT_NO_ROOM: {
    blame: 'host',
    summary: 'there is no room for the memory of a machine of which checkpoints can be taken',
    remedy: 'make /dev/shm larger (in containers --shm-size), or give the machine less memory',
  },
  VM_CHECKPOINT_FAILED: {
    blame: 'host',
    summary: "a machine's state could not be saved, or not be loaded",
    remedy: 'read what QEMU says, here and in qemu.log; a machine without checkpoints does not need it',
  },
  VM_CHECKPOINT_HELD: {
    blame: 'usage',
    summary: 'a machine cannot be switched on while a checkpoint of it is held',
    remedy: 'fork the checkpoint, or dispose of it first',
  },
  VM_CHECKPOINT_CHANGED: {
    blame: 'usage',
    summary: 'a disk image was written since the checkpoint',
    remedy: 'leave the images alone while a checkpoint is held; give a fork a changed copy with `disks`',
  },
  VM_WRITE_LOG_CORRUPT: {
    blame: 'harness',
    summary: 'a write log is none, or is damaged',
    remedy: 'use the log as QEMU wrote it, `<disk>.writes-<n>.log` in the folder of the machine',
  },
  VM_RECORDING_UNREADABLE: {
    blame: 'usage',
    summary: 'a recording is none, or none that this Assay can read',
    remedy: '`assay run … --record` makes recordings; what was killed while it recorded has none',
  },
  VM_RECORDING_CHANGED: {
    blame: 'usage',
    summary: 'what a recording needs is not there any more, or is not as it was',
    remedy:
      'replay it where it was recorded, or copy the whole run folder; kernels and CDs lie where they are named',
  },
  VM_DISK_IN_USE: {
    blame: 'usage',
    summary: 'a disk cannot be changed from outside while its machine is on',
    remedy: 'do it after cut(), or once the machine is off',
  },
  VM_DISK_MOMENT_PASSED: {
    blame: 'harness',
    summary: 'the write that was to be waited for was made already',
    remedy: 'name the write before power on, or a later one',
  },
  VM_DISK_HOST_FAILED: {
    blame: 'host',
    summary: 'the file behind a disk could not be read or written',
    remedy: "look at the host's storage; the guest got an I/O error that nobody had asked for",
  },
});
