import type { Command } from '../command.ts';
import { runningOptions } from '../run-selected.ts';

const { jobs, seed, keep, accelerator, plain, 'timeout-scale': timeoutScale } = runningOptions;
/** Of the run of the clones. */
const runOptions = {
  jobs: jobs!,
  seed: seed!,
  'timeout-scale': timeoutScale!,
  keep: keep!,
  accelerator: accelerator!,
  plain: plain!,
};

/** `assay validate`: a verdict on a master disk that somebody else made (spec H5, docs/validate.md). */
export const validate: Command = {
  usage: 'validate [image]',
  summary: 'say whether a master disk that somebody else made may be cloned',
  options: {
    static: { type: 'boolean', describe: 'only read the disk, and start no clones of it' },
    profile: {
      type: 'string',
      requiresArg: true,
      describe:
        'what is known of the disk: its machine, what ready means, accepted findings (docs/profile.md)',
    },
    clones: { type: 'string', requiresArg: true, describe: 'how many clones to start (default: 2)' },
    out: {
      type: 'string',
      requiresArg: true,
      describe:
        'a folder for the report: validation.json, .html, .sarif, .xml (JUnit), and the run of the clones',
    },
    certificate: {
      type: 'string',
      requiresArg: true,
      describe: 'certify the disk in this file when it is fit; needs --key',
    },
    key: { type: 'string', requiresArg: true, describe: 'the private key that signs the certificate (PEM)' },
    'key-passphrase-from': {
      type: 'string',
      requiresArg: true,
      describe: 'the environment variable with the passphrase of the key',
    },
    sha256: {
      type: 'boolean',
      describe: 'SHA-256 of the whole image, too; holes are hashed as zeros, which takes time',
    },
    ...runOptions,
    schema: { type: 'boolean', describe: 'print the JSON Schema of profiles, for editors' },
    list: { type: 'boolean', describe: 'show every kind of finding, and look at no disk' },
    markdown: { type: 'boolean', describe: 'with --list or --schema: the page of the documentation' },
  },
  examples: [
    ['assay validate master.img --profile nas.yaml', 'read the disk, start two clones, and give the verdict'],
    [
      'assay validate master.img --profile nas.yaml --clones 5 --out report',
      'five clones, and reports in files',
    ],
    ['assay validate master.img --static', 'only read it: seconds instead of minutes'],
    ['assay validate /dev/sdb --static --json', 'a disk in a reader, for a script'],
    [
      'assay validate master.img --profile nas.yaml --certificate nas.cert.json --key release.pem',
      'and a certificate, for assay clone --require-certificate',
    ],
    ['assay validate --list', 'every kind of finding, with its severity'],
  ],
  async run(words) {
    // The rules and parsers take longer to load than a short command to run.
    const { runValidation } = await import('../run-validation.ts');
    return await runValidation(words);
  },
};
