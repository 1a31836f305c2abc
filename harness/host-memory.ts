import { readFileSync } from 'node:fs';

/** Memory that new processes can have without pushing others out, in MiB: the kernel's MemAvailable. */
export function availableMemoryMiB(): number {
  const kiB = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return Math.floor(Number(kiB ?? 0) / 1024);
}
