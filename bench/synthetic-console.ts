import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface SyntheticConsole {
  /** Of the asciicast; the log beside it is as long as its text. */
  castPath: string;
  castBytes: number;
  /** What the recording spans. */
  durationMs: number;
  random: () => number;
}

const writtenAtOnceBytes = 1024 * 1024;

/** Lines as kernels and daemons print them: `#` is a digit, `%` a hexadecimal one, so that they compress as real ones do. */
const patterns = [
  'virtio_blk virtio#: [vda] ######## 512-byte logical blocks (#.## GB/#.## GiB)',
  'pci 0000:00:%%.0: reg 0x1#: [mem 0xfe%%%000-0xfe%%%fff 64bit pref]',
  'EXT4-fs (vda#): mounted filesystem %%%%%%%%-%%%%-%%%%-%%%%-%%%%%%%%%%%% with ordered data mode',
  'audit: type=#### audit(17952#####.###:##): pid=### uid=# auid=42949672## ses=##',
  'systemd[1]: Started session-##.scope - Session ## of user appliance.',
  'e1000 0000:00:0#.0 eth0: (PCI:33MHz:32-bit) 52:54:00:%%:%%:%%',
  'INFO  appliance.status  request #### answered in ## ms, #### bytes, etag %%%%%%%%%%%%%%%%',
  'WARN  appliance.sql  statement #### waited ### ms for a lock held by ####',
  'init: /etc/rc.d/S##service: started with pid ####',
  'ASSAY STATE ready assay-%%%%-%%%%',
];

/** Writes the recording (asciicast v2) of one serial port, and its log, into a folder that is there. */
export async function writeSyntheticConsole(console: SyntheticConsole): Promise<void> {
  const { castPath, castBytes, durationMs, random } = console;
  await using cast = await open(castPath, 'w');
  const header = { version: 2, width: 132, height: 40, timestamp: 1795231692, title: 'alpha console' };
  await cast.write(`${JSON.stringify(header)}\n[0.000000, "m", "power on"]\n`);
  let written = 0;
  let textBytes = 0;
  while (written < castBytes) {
    const wantedBytes = Math.min(writtenAtOnceBytes, castBytes - written);
    const portion = castPortion(
      wantedBytes,
      random,
      (ofPortion) => ((written + ofPortion) / castBytes) * durationMs,
    );
    await cast.write(portion.text);
    written += portion.text.length;
    textBytes += portion.textBytes;
  }
  await using log = await open(join(dirname(castPath), 'console.log'), 'w');
  // No report reads it; its size is what is shown.
  await log.truncate(textBytes);
}

/** The last lines that a failure quotes. */
export function consoleLines(count: number, random: () => number): string[] {
  return Array.from({ length: count }, () => consoleLine(random));
}

/** Some lines to an event, as they come out of a serial port in bursts. */
function castPortion(wantedBytes: number, random: () => number, atMs: (writtenBytes: number) => number) {
  const events: string[] = [];
  let sizeBytes = 0;
  let textBytes = 0;
  while (sizeBytes < wantedBytes) {
    const lines = consoleLines(1 + Math.floor(random() * 5), random);
    const data = lines.map((line) => `${line}\r\n`).join('');
    const event = `[${(atMs(sizeBytes) / 1000).toFixed(6)}, "o", ${JSON.stringify(data)}]\n`;
    events.push(event);
    sizeBytes += event.length;
    textBytes += data.length;
  }
  return { text: events.join(''), textBytes };
}

function consoleLine(random: () => number): string {
  const pattern = patterns[Math.floor(random() * patterns.length)]!;
  const text = pattern.replace(/[#%]/g, (mark) =>
    Math.floor(random() * (mark === '#' ? 10 : 16)).toString(16),
  );
  return `[${(random() * 1000).toFixed(6).padStart(12)}] ${text}`;
}
