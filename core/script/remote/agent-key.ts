import { readFile } from 'node:fs/promises';
import { scriptErrors } from '../errors.ts';

/**
 * Reads the key that machines and whoever repairs them share (spec R10): a text file with 64 hexadecimal digits, as
 * `openssl rand -hex 32` makes it.
 *
 * @returns 32 bytes.
 * @throws SCRIPT_KEY_UNUSABLE when the file is missing, or holds anything else.
 */
export async function readAgentKey(path: string): Promise<Buffer> {
  const unusable = (got: string, cause?: unknown) =>
    scriptErrors.SCRIPT_KEY_UNUSABLE(
      { tried: `read the key ${path}`, expected: '64 hexadecimal digits, which are 256 bits', got },
      cause,
    );
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unusable(error.code === 'ENOENT' ? 'no such file' : error.message, error);
  });
  const digits = text.trim();
  if (/^[0-9a-f]{64}$/i.test(digits)) return Buffer.from(digits, 'hex');
  // Never the text itself: errors are shown.
  const isHexadecimal = /^[0-9a-f]*$/i.test(digits);
  throw unusable(`${digits.length} ${isHexadecimal ? 'digits' : 'characters, not all of them such digits'}`);
}
