import { makeSigningKey } from '../../../core/factory/index.ts';
import { AssayError, errorMessage } from '../../../foundation/index.ts';
import { harnessErrors } from '../../errors.ts';
import { fileError, isDiskFull } from '../../file-errors.ts';
import type { Command } from '../command.ts';
import { flag } from '../option-values.ts';
import { requiredText } from './redundant-options.ts';

/** `assay build key`: the key that signs what system partitions hold (spec B2). */
export const buildKeyCommand: Command = {
  usage: 'key',
  summary: 'make the key that signs redundant system images and their updates',
  options: {
    out: {
      type: 'string',
      requiresArg: true,
      describe:
        'the file for the private key; the public one lies beside it as FILE.pub. None is overwritten',
    },
  },
  examples: [
    ['assay build key --out signing.pem', 'signing.pem, which only its owner can read, and signing.pem.pub'],
  ],
  async run(words) {
    const path = requiredText(words, 'out', 'make a signing key', 'FILE: where the private key is written');
    const publicPath = await makeSigningKey(path).catch((error) => {
      if (error instanceof AssayError) throw error;
      throw isDiskFull(error) ? fileError(`write ${path}`, error) : unwritable(path, error);
    });
    const output = flag(words, 'json')
      ? JSON.stringify({ privateKeyPath: path, publicKeyPath: publicPath }, undefined, 2)
      : `${path}\n${publicPath}\nkeep the first one: machines accept only updates that are signed with it`;
    process.stdout.write(`${output}\n`);
    return 0;
  },
};

function unwritable(path: string, error: unknown): AssayError {
  const expected = 'a file in a folder that is there and can be written to';
  return harnessErrors.HARNESS_USAGE({ tried: `write ${path}`, expected, got: errorMessage(error) }, error);
}
