import { exitCodes } from '../../exit-code.ts';
import { Interruption } from '../../interruption.ts';
import type { Command, Words } from '../command.ts';
import { flag, text } from '../option-values.ts';
import { printError } from '../print-error.ts';

/** `assay certificate`: what a certificate of assay validate says, and whether it is true (docs/certificate.md). */
export const certificate: Command = {
  usage: 'certificate <file>',
  summary: 'show a certificate of assay validate, and verify it',
  options: {
    key: {
      type: 'string',
      requiresArg: true,
      describe: 'the public key (PEM) that it has to be signed with; without it nothing is verified',
    },
    image: {
      type: 'string',
      requiresArg: true,
      describe: 'the disk that it has to be of; every byte of it is read',
    },
  },
  examples: [
    ['assay certificate nas.cert.json', 'what it claims'],
    ['assay certificate nas.cert.json --key nas.pub', 'what it says, when the signature is by this key'],
    [
      'assay certificate nas.cert.json --key nas.pub --image nas.img',
      'the same, when it is of this disk, to the byte',
    ],
  ],
  async run(words) {
    using interruption = new Interruption(() => 'Nothing was written.');
    try {
      process.stdout.write(await show(words, interruption.signal));
      return exitCodes.passed;
    } catch (error) {
      if (!interruption.interrupted) throw error;
      printError(error, { json: flag(words, 'json') });
      return exitCodes.interrupted;
    }
  },
};

async function show(words: Words, signal: AbortSignal): Promise<string> {
  // The parsers of the inspection take longer to load than a short command to run.
  const certificates = await import('../../validation/certificate/index.ts');
  const path = text(words, 'file') ?? '';
  const keyPath = text(words, 'key');
  const image = text(words, 'image');
  const envelope = await certificates.readEnvelope(path);
  const key = keyPath === undefined ? undefined : await certificates.readVerifyingKey(keyPath);
  const statement =
    key === undefined
      ? certificates.claimedStatement(envelope, path)
      : await certificates.readCertificate(path, key);
  if (image !== undefined) await certificates.assertDiskCertified(statement, image, signal);
  const namedKeys = envelope.signatures.map(({ keyid }) => keyid ?? 'without a name');
  if (flag(words, 'json')) {
    const verified = { signature: key !== undefined, image: image !== undefined };
    return `${JSON.stringify({ path, verified, keyId: key?.keyId, namedKeys, statement }, undefined, 2)}\n`;
  }
  return certificates.certificateText({ path, statement, verifiedBy: key?.keyId, namedKeys, image });
}
