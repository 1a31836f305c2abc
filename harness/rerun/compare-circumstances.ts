import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { errorMessage, formatSize } from '../../foundation/index.ts';
import type { Run } from '../../reports/index.ts';
import { evidenceInFolder } from '../evidence-in-folder.ts';
import { hostFacts } from '../host-facts.ts';
import { sourceText } from '../loaded-sources.ts';
import { ownVersion } from '../own-version.ts';
import { readAttemptInputs } from './attempt-inputs.ts';
import { recordedFile } from './keep-machine-record.ts';
import type { RecordedFile } from './machine-record.ts';
import { machineRecordsOf } from './machine-records.ts';

/** What a run was made with and on, as far as its log says so: Assay, QEMU, Node, the accelerator, the host. */
export async function hostDifferences(then: Run, acceleratorNow: string | undefined): Promise<string[]> {
  const now = await hostFacts();
  const { host } = then;
  const accelerator = acceleratorNow === undefined ? undefined : host.accelerator?.name;
  const facts: [what: string, then: string | undefined, now: string | undefined][] = [
    ['Assay', then.assayVersion, await ownVersion()],
    ['QEMU', host.qemuVersion, now.qemuVersion],
    ['Node', host.nodeVersion, now.nodeVersion],
    ['accelerator', accelerator, acceleratorNow],
    ['processors of the host', String(host.cores), String(now.cores)],
    ['memory of the host', formatSize(host.memoryBytes), formatSize(now.memoryBytes)],
  ];
  return facts.flatMap(([what, before, after]) => {
    if (before === after) return [];
    // Of a scenario without machines nobody has asked for an accelerator.
    if (what === 'accelerator' && before === undefined) return [];
    return [`${what}: ${before ?? 'none'} then, ${after ?? 'none'} now`];
  });
}

/** What of an attempt's sources and images is not as it was then; files that the attempt made itself are compared later. */
export async function inputDifferences(evidenceFolder: string): Promise<string[]> {
  const inputs = await readAttemptInputs(evidenceFolder);
  if (inputs === undefined) return ['what it was made from was not recorded then: it cannot be compared'];
  const sources = Object.entries(inputs.sources).flatMap(([path, digest]) => {
    const text = sourceText(resolve(path));
    if (text === undefined) return [`${path} is not there any more`];
    return createHash('sha256').update(text).digest('hex') === digest ? [] : [`${path} has changed since`];
  });
  return [...sources, ...(await imageDifferences(evidenceFolder))];
}

async function imageDifferences(evidenceFolder: string): Promise<string[]> {
  const differences: string[] = [];
  for (const { name, inputs } of (await machineRecordsOf(evidenceFolder)).values()) {
    const images = [
      ...Object.entries(inputs.disks).map(([disk, file]) => [`disk ${disk}`, file] as const),
      ...Object.entries(inputs.files),
    ];
    for (const [what, file] of images) {
      if (evidenceInFolder(file.path, basename(evidenceFolder)) !== undefined) continue;
      const difference = await imageDifference(file);
      if (difference !== undefined)
        differences.push(`${what} of machine ${name} (${file.path}): ${difference}`);
    }
  }
  return differences;
}

async function imageDifference(then: RecordedFile): Promise<string | undefined> {
  try {
    return fileDifference(then, await recordedFile(then.path));
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isGone ? 'it is not there any more, unless it is made anew' : errorMessage(error);
  }
}

/** In what a file is another than it was; undefined where it is the same. */
export function fileDifference(then: RecordedFile, now: RecordedFile): string | undefined {
  if (then.sizeBytes !== now.sizeBytes) return `${then.sizeBytes} bytes then, ${now.sizeBytes} now`;
  if (then.digest === undefined || now.digest === undefined) {
    return 'it is too large to be read: only its size was compared';
  }
  return then.digest === now.digest ? undefined : 'its content is another than then';
}
