import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { scriptErrors } from '../errors.ts';
import { type StepContext, type StepFacts, type StepKind, stepKind } from '../step-kind.ts';
import { failureWords } from './failure-words.ts';
import { type HardwarePlaces, machinePlaces } from './hardware/places.ts';
import { mountRemovable, type RemovableVolume, unmountRemovable } from './hardware/removable-disks.ts';
import { download, type OpenSource } from './network/download.ts';
import { requestHttp } from './network/http-request.ts';
import { pathInScript } from './path-in-script.ts';

const source = z.string().superRefine((text, context) => {
  const issue = (message: string) => context.addIssue({ code: 'custom', message });
  if (!/^(https?|tftp|removable):/.test(text) || !URL.canParse(text)) {
    issue('must be http://…, https://…, tftp://HOST/PATH, or removable:/PATH');
  } else if (new URL(text).username !== '' || new URL(text).password !== '') {
    // What stands in an address would be told in logs.
    issue('takes no user and no password; write them under `user` and `password`');
  }
});

const options = z
  .strictObject({
    from: source.describe(
      'http://…, https://…, tftp://HOST/PATH, or removable:/PATH on a USB disk, card or CD.',
    ),
    to: z.string().min(1).describe('The file that is made; what lies there is replaced when all is well.'),
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, 'a SHA-256 has 64 hexadecimal digits')
      .optional()
      .describe('What the file has to be; another one is not taken.'),
    user: z.string().min(1).optional().describe('For HTTP: who asks.'),
    password: z.string().optional().describe('For HTTP; never shown.'),
    attempts: z.int().min(1).max(100).default(1).describe('How often it is tried.'),
  })
  .refine(({ from, user }) => user === undefined || /^https?:/.test(from), 'user is for http and https only')
  .refine(({ user, password }) => password === undefined || user !== undefined, 'password needs a user');

type Options = z.output<typeof options>;

/**
 * Fetches one file from a server or a removable disk (spec R8): whole, checked and on the disk before it gets its name.
 *
 * @throws SCRIPT_FETCH_FAILED with what the last attempt has met.
 */
export function makeFetch(places: HardwarePlaces = machinePlaces, pauseMs = 2000): StepKind<typeof options> {
  return stepKind({
    name: 'fetch',
    summary: 'fetch a file by HTTP or TFTP, or from a removable disk',
    options,
    async run(options, context) {
      const { from, attempts } = options;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await fetchOnce(options, places, context);
        } catch (error) {
          context.signal.throwIfAborted();
          if (attempt >= attempts || isFinal(error)) throw failed(options, attempt, error);
          context.log(`${from}, attempt ${attempt} of ${attempts}: ${failureWords(error)}`);
          await delay(pauseMs, undefined, { signal: context.signal });
        }
      }
    },
  });
}

export const fetchFile = makeFetch();

async function fetchOnce(options: Options, places: HardwarePlaces, context: StepContext): Promise<StepFacts> {
  const { sha256 } = options;
  const { signal } = context;
  const startMs = performance.now();
  const volumes: RemovableVolume[] = [];
  try {
    const openSource = sourceOf(options, context, async () => {
      volumes.push(...(await mountRemovable(places, context.runProgram)));
      return volumes;
    });
    const limits = { ...(sha256 !== undefined && { sha256 }), signal };
    const done = await download(openSource, pathInScript(options.to, context), limits);
    const seconds = (performance.now() - startMs) / 1000;
    return { ...done, bytesPerSecond: Math.round(done.sizeBytes / seconds) };
  } finally {
    await unmountRemovable(volumes, context.runProgram);
  }
}

function sourceOf(
  { from, user, password }: Options,
  { runProgram, signal }: StepContext,
  mountVolumes: () => Promise<readonly RemovableVolume[]>,
): OpenSource {
  const url = new URL(from);
  // Dots that were written as %2e are still there after the first of the two.
  const path = () => resolve('/', decodeURIComponent(url.pathname));
  if (url.protocol === 'tftp:') {
    const remote = ['-r', path().slice(1), url.hostname, ...(url.port === '' ? [] : [url.port])];
    return async (temporaryPath) => {
      // A block that fits into an Ethernet frame: three times fewer answers to wait for than with 512 bytes.
      await runProgram('tftp', ['-g', '-b', '1428', '-l', temporaryPath, ...remote]);
      return undefined;
    };
  }
  if (url.protocol === 'removable:') {
    return async () => {
      const volumes = await mountVolumes();
      const file = volumes.map(({ folder }) => `${folder}${path()}`).find((file) => existsSync(file));
      if (file !== undefined) return createReadStream(file);
      const names = volumes.map(({ name }) => name).join(', ');
      throw new Error(names === '' ? 'there is no removable disk' : `${path()} is not on ${names}`);
    };
  }
  const credentials = { ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
  return () => requestHttp(url, { ...credentials, signal });
}

/** Trying once more would give the same. */
function isFinal(error: unknown): boolean {
  const { isFinal = false, code } = error as { isFinal?: boolean; code?: string };
  return isFinal || ['ENOSPC', 'EROFS', 'EACCES', 'ENOTDIR', 'EISDIR'].includes(code ?? '');
}

function failed({ from, to, attempts }: Options, attempt: number, error: unknown): Error {
  const times = attempts === 1 ? '' : ` (attempt ${attempt} of ${attempts})`;
  return scriptErrors.SCRIPT_FETCH_FAILED(
    { tried: `fetch ${from}${times}`, where: to, got: failureWords(error) },
    error,
  );
}
