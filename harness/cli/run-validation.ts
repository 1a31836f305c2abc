import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/index.ts';
import {
  type ValidationReport,
  type Verdict,
  validationHtml,
  validationJunit,
  validationSarif,
  validationText,
} from '../../reports/validation/index.ts';
import { harnessErrors } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { fileError } from '../file-errors.ts';
import { allFindingKinds } from '../inspection/all-finding-kinds.ts';
import { loadResidueRules } from '../inspection/residue/index.ts';
import { Interruption } from '../interruption.ts';
import {
  type PreparedCertificate,
  prepareCertificate,
  whyNotCertified,
  writeCertificate,
} from '../validation/certificate/index.ts';
import { findingKindsMarkdown, findingKindsText } from '../validation/finding-kinds-text.ts';
import { type DiskProfile, noProfile, readDiskProfile } from '../validation/profile/disk-profile.ts';
import { diskProfileJsonSchema } from '../validation/profile/disk-profile-json-schema.ts';
import { profileReferenceMarkdown } from '../validation/profile/profile-reference.ts';
import { dynamicFindingKinds } from '../validation/proof/dynamic-finding-kinds.ts';
import { validateDisk } from '../validation/validate-disk.ts';
import type { Words } from './command.ts';
import { flag, text } from './option-values.ts';
import { printError } from './print-error.ts';
import { type Proving, readProving } from './proving.ts';
import { createValidationProgress } from './validation-progress.ts';

/** NOT FIT is the product's failure; INCONCLUSIVE says that nothing is known (design, "Names on the command line"). */
const exitCodeOf: Record<Verdict, number> = {
  fit: exitCodes.passed,
  'fit-with-warnings': exitCodes.passed,
  'not-fit': exitCodes.productFailure,
  inconclusive: exitCodes.harnessOrHost,
};

/** Runs `assay validate`. @returns the exit code. */
export async function runValidation(words: Words): Promise<number> {
  if (flag(words, 'schema')) return printSchema(words);
  const profilePath = text(words, 'profile');
  const profile = profilePath === undefined ? noProfile : await readDiskProfile(profilePath);
  if (flag(words, 'list')) return await listKinds(words, profile);
  const image = text(words, 'image');
  if (image === undefined) {
    throw harnessErrors.HARNESS_USAGE({
      tried: 'validate a disk',
      expected: 'an image: assay validate master.img --profile nas.yaml',
    });
  }
  const json = flag(words, 'json');
  const outFolder = text(words, 'out');
  const proving = flag(words, 'static') ? undefined : await readProving(words, image, profile);
  const certificate = await wantedCertificate(words, profile);
  using interruption = new Interruption(
    () =>
      'The disk was only read. A copy of one of its partitions may be left in the folder for temporary files, as assay-inspection-….',
  );
  try {
    if (outFolder !== undefined) await makeFolder(outFolder);
    const report = await validate(image, profile, { words, proving, interruption });
    const color = process.stdout.isTTY && process.env.NO_COLOR === undefined;
    process.stdout.write(json ? jsonOf(report) : validationText(report, { color }));
    return await keep(report, outFolder, certificate);
  } catch (error) {
    if (!interruption.interrupted) throw error;
    printError(error, { json });
    return exitCodes.interrupted;
  }
}

/**
 * Writes the reports and the certificate. The report has been printed by then: what fails is told on stderr, so that stdout stays one
 * document.
 */
async function keep(
  report: ValidationReport,
  outFolder: string | undefined,
  certificate: PreparedCertificate | undefined,
): Promise<number> {
  try {
    if (outFolder !== undefined) {
      await writeReports(report, outFolder);
      noticeOlderRun(report, outFolder);
    }
    const reportText = outFolder === undefined ? undefined : jsonOf(report);
    if (certificate !== undefined) await certify(report, certificate, reportText);
    return exitCodeOf[report.verdict];
  } catch (error) {
    return printError(error, { json: false });
  }
}

async function validate(
  image: string,
  profile: DiskProfile,
  {
    words,
    proving,
    interruption,
  }: { words: Words; proving: Proving | undefined; interruption: Interruption },
): Promise<ValidationReport> {
  const { signal } = interruption;
  const progress = createValidationProgress(process.stderr, flag(words, 'plain'));
  using _progress = progress;
  return await validateDisk(image, {
    ...{ profile, signal, sha256: flag(words, 'sha256') },
    onProgress: (what, done) => progress.onProgress(what, done),
    ...(proving && {
      prove: async () => {
        // The run has a view of its own.
        progress[Symbol.dispose]();
        return await proving.prove(interruption);
      },
    }),
  });
}

/** What certifies the disk, where that is wanted: a key that cannot be used is noticed before the disk is read. */
async function wantedCertificate(
  words: Words,
  { name }: DiskProfile,
): Promise<PreparedCertificate | undefined> {
  const [outPath, keyPath] = [text(words, 'certificate'), text(words, 'key')];
  if (outPath === undefined && keyPath === undefined) return undefined;
  if (outPath === undefined || keyPath === undefined) {
    throw harnessErrors.HARNESS_USAGE({
      tried: 'certify a disk',
      expected:
        'the file for the certificate and the private key that signs it: --certificate FILE --key KEY.pem',
    });
  }
  const passphraseFrom = text(words, 'key-passphrase-from');
  const profilePath = text(words, 'profile');
  const prepared = await prepareCertificate({
    ...{ outPath, keyPath },
    ...(passphraseFrom === undefined ? {} : { passphraseFrom }),
    ...(profilePath === undefined ? {} : { profile: { path: profilePath, name } }),
  });
  for (const notice of prepared.notices) process.stderr.write(`${notice}\n`);
  return prepared;
}

/** A disk that has not earned it gets none; the report has said why. */
async function certify(
  report: ValidationReport,
  certificate: PreparedCertificate,
  reportText: string | undefined,
): Promise<void> {
  const why = whyNotCertified(report);
  if (why !== undefined) {
    const old = existsSync(certificate.outPath) ? `; ${certificate.outPath} is an older one, and stays` : '';
    process.stderr.write(`no certificate: ${why}${old}\n`);
    return;
  }
  const runFolder = report.proof?.runFolder;
  const { path, keyId } = await writeCertificate(report, certificate, { reportText, runFolder });
  process.stderr.write(`certified in ${path}, key ${keyId}\n`);
}

/** Before the disk is read: a folder that cannot be written is noticed at once. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw fileError(`make the folder ${folder}`, error);
  });
}

async function writeReports(report: ValidationReport, folder: string): Promise<void> {
  const files = {
    'validation.json': jsonOf(report),
    'validation.html': validationHtml(report),
    'validation.sarif': validationSarif(report),
    'validation.xml': validationJunit(report),
  };
  try {
    for (const [name, content] of Object.entries(files)) await writeFileDurably(join(folder, name), content);
  } catch (error) {
    throw fileError(`write the report into ${folder}`, error);
  }
}

/** A validation that starts clones refuses such a folder; one that only reads leaves it alone. */
function noticeOlderRun({ proof }: ValidationReport, folder: string): void {
  const run = join(folder, 'run');
  if (proof !== undefined || !existsSync(run)) return;
  process.stderr.write(`${run} is of an earlier validation, and no part of this report\n`);
}

/** As it is printed and written, to the byte: a certificate has its digest. */
function jsonOf(report: ValidationReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function printSchema(words: Words): number {
  const schema = () => `${JSON.stringify(diskProfileJsonSchema(), undefined, 2)}\n`;
  process.stdout.write(flag(words, 'markdown') ? profileReferenceMarkdown() : schema());
  return exitCodes.passed;
}

async function listKinds(words: Words, { residueRules }: DiskProfile): Promise<number> {
  const kinds = [...allFindingKinds(await loadResidueRules(residueRules)), ...dynamicFindingKinds];
  if (flag(words, 'json')) process.stdout.write(`${JSON.stringify({ kinds }, undefined, 2)}\n`);
  else process.stdout.write(flag(words, 'markdown') ? findingKindsMarkdown(kinds) : findingKindsText(kinds));
  return exitCodes.passed;
}
