import { basename, join } from 'node:path';

/** Where QEMU finds what a recording needs. */
export interface RecordingPlaces {
  executionPath: string;
  /** Of each serial port, in their order: `X`, where what is typed comes by the named pipe `X.in`. */
  pipePaths: readonly string[];
}

/** Where QEMU finds what a replay needs. */
export interface ReplayPlaces {
  executionPath: string;
  qmpSocketPath: string;
  /** Has the logs of serial ports and of writes and the variables of UEFI, under the names that they had. */
  scratchFolder: string;
  /** By disk: what takes the place of its image and overlay. */
  diskNodes: ReadonlyMap<string, object>;
  debuggerPort?: number;
}

/**
 * 2^3 = 8 ns for each instruction. With 2^5 recordings are a third as large and replays quicker, but the reference
 * appliance then is slower than its own watchdog allows, and restarts again and again.
 */
const shift = 3;

/**
 * By default QEMU 7.2 takes what a guest sends through virtio out of its queue when its main loop comes round to it, which
 * is in no recording: the guest sees its buffers come back at another instruction. A timer of the guest's clock is exact. It
 * is as short as can be, for a machine that is stopped with one pending arms it anew.
 */
const sendingByTimer = ',tx=timer,x-txtimer=1';

/**
 * A machine's command line made one that records (QEMU, docs/system/replay.rst): time by instructions, every disk
 * behind `blkreplay`, every network behind `filter-replay`, serial ports that are connected from the start. Pure.
 */
export function recordingCommandLine(ordinary: readonly string[], places: RecordingPlaces): string[] {
  const { executionPath, pipePaths } = places;
  const rewritten = pairs(ordinary).flatMap(([option, value]): string[] => {
    if (value === undefined) return [option];
    const port = /^null,id=serial(\d+),(.*)$/s.exec(value);
    if (option === '-chardev' && port) {
      return [option, `pipe,id=serial${port[1]},path=${escaped(pipePaths[Number(port[1])]!)},${port[2]}`];
    }
    // Only ports of this option are part of a recording.
    const uart = /^isa-serial,.*chardev=(serial\d+)$/s.exec(value);
    if (option === '-device' && uart) return ['-serial', `chardev:${uart[1]}`];
    if (option === '-device' && value.startsWith('virtio-net-pci,')) return [option, value + sendingByTimer];
    if (option === '-blockdev') return [option, recordedDisk(value)];
    const cd = /^if=none,id=cd-medium,.*file=(.*)$/s.exec(value);
    if (option === '-drive' && cd) return ['-blockdev', recordedCd(cd[1]!.replaceAll(',,', ','))];
    const network = /^\w+,id=(net\d+),/.exec(value);
    if (option === '-netdev' && network) {
      return [option, value, '-object', `filter-replay,id=replay-${network[1]},netdev=${network[1]}`];
    }
    return [option, value];
  });
  const mode = ['-icount', `shift=${shift},rr=record,rrfile=${escaped(executionPath)}`];
  // Its reset asks the processor's thread for something, and QEMU 7.2 may come to a standstill by that while it records.
  return [...rewritten, '-global', 'apic-common.vapic=off', ...mode];
}

/** The command line of a recording made one that replays it. Pure. */
export function replayCommandLine(recorded: readonly string[], places: ReplayPlaces): string[] {
  const { executionPath, qmpSocketPath, scratchFolder, debuggerPort } = places;
  const rewritten = pairs(recorded).flatMap(([option, value]): string[] => {
    if (value === undefined) return [option];
    if (option === '-icount') {
      return [option, `${value.replace(/rr=record.*/s, 'rr=replay')},rrfile=${escaped(executionPath)}`];
    }
    if (option === '-chardev' && value.startsWith('socket,id=qmp,')) {
      return [option, `socket,id=qmp,path=${escaped(qmpSocketPath)},server=off`];
    }
    const port = /^pipe,id=(serial\d+),.*logfile=(.*),logappend=on$/s.exec(value);
    if (option === '-chardev' && port) {
      const logPath = join(scratchFolder, basename(port[2]!.replaceAll(',,', ',')));
      return [option, `null,id=${port[1]},logfile=${escaped(logPath)},logappend=on`];
    }
    if (option === '-blockdev') return [option, replayedDisk(value, places)];
    const variables = /^if=pflash,unit=1,(.*)file=(.*)$/s.exec(value);
    if (option === '-drive' && variables) {
      const path = join(scratchFolder, basename(variables[2]!.replaceAll(',,', ',')));
      return [option, `if=pflash,unit=1,${variables[1]}file=${escaped(path)}`];
    }
    // What comes from a network is in the recording; what the guest sends reaches nobody.
    const network = /^\w+,id=(net\d+)/.exec(value);
    if (option === '-netdev' && network) return [option, `user,id=${network[1]},restrict=on`];
    return [option, value];
  });
  return debuggerPort === undefined ? rewritten : [...rewritten, '-gdb', `tcp:127.0.0.1:${debuggerPort}`];
}

interface BlockNode {
  'node-name'?: string;
  driver: string;
  filename?: string;
  discard?: string;
  file?: BlockNode;
  image?: BlockNode;
  log?: BlockNode;
}

function recordedDisk(json: string): string {
  const { 'node-name': nodeName, discard, file } = JSON.parse(json) as BlockNode;
  return JSON.stringify({ 'node-name': nodeName, driver: 'blkreplay', discard, image: file });
}

function recordedCd(filename: string): string {
  const image = { driver: 'file', filename, 'read-only': true };
  return JSON.stringify({ 'node-name': 'cd-medium', driver: 'blkreplay', 'read-only': true, image });
}

function replayedDisk(json: string, { diskNodes, scratchFolder }: ReplayPlaces): string {
  const node = JSON.parse(json) as BlockNode;
  const disk = diskNodes.get(node['node-name']!.replace(/^top-/, ''));
  if (disk === undefined) return json;
  return JSON.stringify({ ...node, image: onOtherDisk(node.image!, disk, scratchFolder) });
}

/** What stands over the disk stays: bad sectors, and the log of writes. */
function onOtherDisk(node: BlockNode, disk: object, scratchFolder: string): object {
  if (node.driver === 'blklogwrites') {
    const log = { ...node.log!, filename: join(scratchFolder, basename(node.log!.filename!)) };
    return { ...node, log, file: onOtherDisk(node.file!, disk, scratchFolder) };
  }
  if (node.driver === 'blkdebug') return { ...node, image: onOtherDisk(node.image!, disk, scratchFolder) };
  return disk;
}

/** Options of QEMU with their values; those that have none are known. */
function pairs(words: readonly string[]): [option: string, value?: string][] {
  const found: [string, string?][] = [];
  for (let index = 0; index < words.length; index += 1) {
    const option = words[index]!;
    const hasValue = !['-S', '-nodefaults', '-no-user-config'].includes(option);
    found.push(hasValue ? [option, words[index + 1]!] : [option]);
    if (hasValue) index += 1;
  }
  return found;
}

/** QEMU's options separate by commas; a comma in a value is doubled. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}
