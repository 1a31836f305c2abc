import { crc32 } from 'node:zlib';
import { printable } from '../file-systems/printable.ts';
import type { Finding } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import type { BootFile } from './boot-files.ts';
import { bootFinding } from './boot-finding.ts';
import { mostEnvironments } from './boot-limits.ts';
import type { BootLoader, BootPartitions } from './boot-loader.ts';

interface Found {
  loaders: BootLoader[];
  findings: Finding[];
}

/** What boot loaders remember: GRUB's environment block, U-Boot's environment, counters of systemd-boot. */
export async function readBootEnvironments(
  source: ImageSource,
  disk: BootPartitions,
  files: readonly BootFile[],
): Promise<Found> {
  const found: Found = { loaders: [], findings: [] };
  let left = mostEnvironments;
  for (const file of files) {
    if (file.kind === 'grub-environment') add(found, 'GRUB environment', file.where, grubVariables(file));
    if (file.kind === 'u-boot-environment')
      add(found, 'U-Boot environment', file.where, uBootVariables(file.bytes));
    if (file.kind === 'systemd-boot-entry') found.findings.push(...entryCounter(file));
    if (file.kind !== 'u-boot-settings') continue;
    for (const { offsetBytes, lengthBytes, where } of uBootPlaces(file, disk).slice(0, left)) {
      left -= 1;
      add(found, 'U-Boot environment', where, uBootVariables(await source.read(offsetBytes, lengthBytes)));
    }
  }
  return found;
}

function add(
  { loaders, findings }: Found,
  name: string,
  where: string,
  variables: Map<string, string> | undefined,
): void {
  if (variables === undefined) {
    findings.push(bootFinding('boot-environment-damaged', where, name));
    return;
  }
  loaders.push({ name, firmware: 'state', where, facts: shown(variables) });
  const left = [...variables].filter(([key, value]) => isLeft(key, value));
  if (left.length > 0)
    findings.push(bootFinding('boot-state-left', where, left.map((one) => one.join('=')).join(', ')));
}

/** Of an attempt, not of a settled state: RAUC's `_TRY` and `_OK`, U-Boot's bootcount, orders for one start. */
function isLeft(key: string, value: string): boolean {
  if (/^(?:next_entry|recordfail|boot_counter|boot_indeterminate)$/.test(key))
    return value !== '' && value !== '0';
  if (/^(?:bootcount|upgrade_available)$/.test(key)) return value !== '' && value !== '0';
  if (/^\w+_TRY$/.test(key)) return value !== '0';
  return /^\w+_OK$/.test(key) && value === '0';
}

/** Addresses, passwords and keys may stand in an environment: only what says how it starts is shown. */
const shownVariables =
  /^(?:saved_entry|next_entry|boot_\w+|recordfail|ORDER|BOOT_ORDER|\w+_(?:TRY|OK|LEFT)|bootcount|bootlimit|upgrade_available|bootcmd|default|prev_saved_entry)$/;

function shown(variables: ReadonlyMap<string, string>): Map<string, string> {
  const some = [...variables].filter(([key]) => shownVariables.test(key)).slice(0, 40);
  return new Map([
    ['variables', String(variables.size)],
    ...some.map(([key, value]): [string, string] => [key, printable(Buffer.from(value)).slice(0, 200)]),
  ]);
}

const grubSignature = '# GRUB Environment Block\n';
const grubBytes = 1024;

/** GNU GRUB, grub-core/lib/envblk.c: exactly 1024 bytes, `name=value` in lines, filled with `#`. */
function grubVariables({ text, bytes }: BootFile): Map<string, string> | undefined {
  if (bytes.length !== grubBytes || !text.startsWith(grubSignature)) return undefined;
  return variablesOf(
    text
      .slice(grubSignature.length)
      .replace(/#*$/, '')
      .split('\n')
      .filter((line) => !line.startsWith('#')),
  );
}

/** U-Boot, include/env_internal.h: a CRC32, of redundant ones a byte of flags, then texts that end with a zero, and an empty one. */
function uBootVariables(bytes: Buffer): Map<string, string> | undefined {
  if (bytes.length < 16) return undefined;
  const sum = bytes.readUInt32LE(0);
  const start = [4, 5].find((at) => crc32(bytes.subarray(at)) === sum);
  if (start === undefined) return undefined;
  const end = bytes.indexOf('\0\0', start, 'latin1');
  return variablesOf(bytes.toString('utf8', start, end === -1 ? bytes.length : end).split('\0'));
}

function variablesOf(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines
      .map((line): [string, string] => [line.split('=', 1)[0]!, line.slice(line.indexOf('=') + 1)])
      .filter(([key, value]) => /^[\w.-]+$/.test(key) && value !== key),
  );
}

/** No environment is larger. */
const largestEnvironmentBytes = 1024 ** 2;

/** fw_env.config (U-Boot, tools/env/README): device, offset, size. Only devices that can be this disk, or a partition of it. */
function uBootPlaces({ text, where }: BootFile, { partitions }: BootPartitions) {
  return text
    .split('\n')
    .flatMap((line) => {
      const [device = '', offset = '', size = ''] = line.trim().split(/\s+/);
      const match = /^\/dev\/(?:sd[a-z]|vd[a-z]|(?:mmcblk|nvme\d+n)\d+)(?:p?(\d+))?$/.exec(device);
      const [offsetBytes, lengthBytes] = [Number(offset), Number(size)];
      const areNumbers = [offsetBytes, lengthBytes].every(
        (value) => Number.isSafeInteger(value) && value >= 0,
      );
      const partition =
        match?.[1] === undefined ? undefined : partitions.find(({ number }) => number === Number(match[1]));
      if (
        match === null ||
        !areNumbers ||
        offset === '' ||
        lengthBytes === 0 ||
        lengthBytes > largestEnvironmentBytes
      )
        return [];
      if (match[1] !== undefined && partition === undefined) return [];
      const base = partition?.offsetBytes ?? 0;
      return [{ offsetBytes: base + offsetBytes, lengthBytes, where: `${where}: ${device} at ${offset}` }];
    })
    .slice(0, 8);
}

/** systemd, "Automatic Boot Assessment": `name+LEFT-DONE.conf` counts attempts. */
function entryCounter({ path, where }: BootFile): Finding[] {
  const [, left, done] = /\+(\d+)(?:-(\d+))?\.conf$/.exec(path) ?? [];
  return done === undefined
    ? []
    : [bootFinding('boot-state-left', where, `${left} attempts left, ${done} made`)];
}
