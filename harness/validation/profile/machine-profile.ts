import { z } from 'zod';
import { diskControllers } from '../../../vm/index.ts';
import { absolutePath, duration, expression, extent, pattern, sentence } from './profile-values.ts';

/** The hardware that clones are started on. What tells two machines apart (MAC address, serial numbers, UUID) is Assay's to choose. */
export const machineProfile = z
  .strictObject({
    firmware: z.enum(['bios', 'uefi']).default('bios').describe('What starts the disk.'),
    controller: z.enum(diskControllers).default('virtio').describe('What the disk is on.'),
    memory: extent.prefault('1GiB').describe('Main memory.'),
    cpus: z.int().min(1).max(64).default(1).describe('Processors.'),
    nic: z.enum(['virtio', 'e1000e', 'none']).default('virtio').describe('The network chip.'),
    watchdog: z.enum(['ib700', 'i6300esb']).optional().describe('A hardware watchdog.'),
    dataDisks: z
      .array(extent)
      .max(4)
      .prefault([])
      .describe('Sizes of further disks, which are empty at the first boot: `[1GiB]`.'),
  })
  .prefault({});

/** What other keys name a partition by. */
const role = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes, at most 32');

/** A partition and what it is to the appliance; other keys name it by its role. */
export const partitionProfile = z.strictObject({
  number: z.int().min(1).max(255).describe('Its number in the table, as the kernel counts.'),
  role: role.describe(
    'What it is to the appliance, by which other keys name it: `boot`, `root`, `root-b`, `data`, `recovery`.',
  ),
  changes: z
    .boolean()
    .optional()
    .describe(
      '`false`: nothing on it may change while the appliance runs. By default nothing is expected of it.',
    ),
});

/** How one gets to a shell on the serial console. */
export const consoleProfile = z.strictObject({
  login: z
    .strictObject({
      prompt: pattern.prefault('login: ').describe('What asks for the user.'),
      user: z.string().min(1).describe('Who logs in.'),
      passwordFrom: z
        .string()
        .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable: letters, digits, _')
        .optional()
        .describe('The environment variable that holds the password; it reaches no report and no log.'),
      passwordPrompt: pattern.prefault('Password: ').describe('What asks for the password.'),
    })
    .optional()
    .describe('Left out where the console is a shell already.'),
  prompt: pattern.prefault('/[#$] $/').describe('What the shell shows when it waits for a command.'),
});

const port = z.int().min(1).max(65535);

/** Exactly one key: a union would only say that none of its forms fits, and not which key is unknown. */
const readySignForm = z
  .strictObject({
    console: pattern.optional().describe('The console shows it.'),
    tcp: port.optional().describe('The port takes a connection.'),
    http: z
      .strictObject({
        port: port.default(80).describe('Of the appliance.'),
        path: absolutePath.default('/').describe('What is asked for.'),
        status: z.int().min(100).max(599).default(200).describe('The status of the answer.'),
        contains: z.string().min(1).optional().describe('A text in the answer.'),
      })
      .optional()
      .describe('A request is answered.'),
    command: z.string().min(1).optional().describe('It is run on the console until it ends with 0.'),
  })
  .refine((sign) => Object.keys(sign).length === 1, {
    message: 'one sign has one of console, tcp, http and command',
  })
  .meta({ minProperties: 1, maxProperties: 1 });

/** One sign that the appliance is ready. */
export type ReadySign =
  | { console: string | RegExp }
  | { tcp: number }
  | { http: { port: number; path: string; status: number; contains?: string | undefined } }
  | { command: string };

type ReadySignInput = z.input<typeof readySignForm>;
const readySign = readySignForm as unknown as z.ZodType<ReadySign, ReadySignInput>;

/** What makes the appliance ready: all of these, in this order. */
export const readyProfile = z.array(readySign).min(1).max(20);

/** Something that tells one clone from another, beside the built-in ones. */
const identity = z
  .strictObject({
    name: sentence.describe('What it is, for the report: `serial number of the licence`.'),
    file: absolutePath
      .optional()
      .describe('A file that holds it, as the appliance sees it; either this or `command`.'),
    partition: role
      .optional()
      .describe('The role of the partition that the file is on; else all are looked at.'),
    command: z.string().min(1).optional().describe('A command that prints it; it is run on the console.'),
    pattern: expression
      .optional()
      .describe('A regular expression whose first group, or the whole of it, is the identity.'),
    differs: z.boolean().default(true).describe('Two clones must not have the same.'),
    stays: z.boolean().default(true).describe('It is the same after a restart.'),
  })
  .refine(({ file, command }) => (file === undefined) !== (command === undefined), {
    message: 'either a file or a command',
  })
  .refine(({ file, partition }) => partition === undefined || file !== undefined, {
    path: ['partition'],
    message: 'only a file is on a partition',
  })
  .meta({ oneOf: [{ required: ['file'] }, { required: ['command'] }] });
export type IdentityProfile = z.output<typeof identity>;

/** Where identities live, over the built-in list. */
export const identitiesProfile = z
  .strictObject({
    ignore: z
      .array(
        z.strictObject({
          identity: z.string().min(1).describe('Its name, as the report has it.'),
          reason: sentence.describe('Why it is none; it stands in the report.'),
        }),
      )
      .default([])
      .describe('Built-in identities that are none on this appliance.'),
    add: z.array(identity).default([]).describe('Identities that Assay does not know.'),
  })
  .prefault({});

/** One promise of the appliance to get over damage, or to refuse it. */
const recoveryClaim = z.strictObject({
  damage: z
    .array(z.string().min(1))
    .min(1)
    .max(5)
    .describe(
      'Faults of the catalogue (docs/faults.md) with their moments: `file-system-damaged partition=root at power-on:2`. ' +
        'Partitions are named by their roles.',
    ),
  shows: pattern.optional().describe('What the console shows of the recovery.'),
  refused: pattern
    .optional()
    .describe(
      'The rightful end is that it refuses to work, and shows this. Otherwise it has to be ready again.',
    ),
  within: duration
    .prefault('8min')
    .describe(
      'So long after the last fault it has to be ready again or, with `refused`, to have shown that.',
    ),
});
export type RecoveryClaim = z.output<typeof recoveryClaim>;

/** What the appliance claims to get over; each is a drill. */
export const recoveryProfile = z.array(recoveryClaim).max(50).prefault([]);

/** How it is switched off. */
export const shutDownProfile = z
  .union(
    [
      z.literal('power-button'),
      z.strictObject({ command: z.string().min(1).describe('It is run on the console.') }),
    ],
    { error: 'write power-button, or { command: poweroff }' },
  )
  .default('power-button');

/** Deadlines, on an emulated machine without hardware acceleration; `--timeout-scale` multiplies them. */
export const limitsProfile = z
  .strictObject({
    firstReady: duration
      .optional()
      .describe('From power-on to ready, the first time; by default that of `ready`.'),
    ready: duration.prefault('10min').describe('From power-on to ready.'),
    shutDown: duration.prefault('3min').describe('From being told to the machine being off.'),
    command: duration.prefault('60s').describe('One command on the console.'),
  })
  .prefault({});
