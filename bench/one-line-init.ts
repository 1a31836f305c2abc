import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool, sectorBytes } from '../foundation/index.ts';
import { copyDisks } from '../harness/appliance/kept-disks.ts';
import type { DiskSet } from '../harness/index.ts';
import { readPartitionTable } from '../harness/witness/partition-table.ts';
import { benchErrors } from './errors.ts';

/** What the one line prints. */
export const oneLineInitText = 'ASSAY ONE LINE';

/**
 * A copy of an appliance's disks that boots the same way, through the same master boot record and boot loader, with the
 * same kernel and initial RAM file system, to an init of one line: `echo`. Only the line APPEND of syslinux.cfg on
 * the primary-system partition is another; it has `rdinit=` and the command.
 *
 * @throws BENCH_NOT_MEASURED when that file has no such line.
 */
export async function withOneLineInit(disks: DiskSet, folder: string): Promise<DiskSet> {
  const copy = await copyDisks(disks, folder);
  const { partitions } = await readPartitionTable(copy.systemPath);
  const { firstSector } = partitions.find(({ number }) => number === 1)!;
  const image = `${copy.systemPath}@@${firstSector * sectorBytes}`;
  const path = join(folder, 'syslinux.cfg');
  const env = { MTOOLS_SKIP_CHECK: '1', MTOOLSRC: '/dev/null' };
  await runTool('mcopy', ['-n', '-i', image, '::/syslinux.cfg', path], { env });
  const before = await readFile(path, 'utf8');
  const after = before.replace(/^( *APPEND .*)$/m, `$1 ${initArguments}`);
  if (after === before) {
    throw benchErrors.BENCH_NOT_MEASURED({
      tried: 'give the kernel another init',
      where: '/syslinux.cfg on primary-system',
      expected: 'a line APPEND',
      got: before,
    });
  }
  await writeFile(path, after);
  await runTool('mcopy', ['-D', 'o', '-i', image, path, '::/syslinux.cfg'], { env });
  return copy;
}

/** What follows two dashes are the init's own arguments; the kernel takes quotation marks off. */
const initArguments = `rdinit=/usr/bin/sh -- -c "echo ${oneLineInitText}; sleep 3600"`;
