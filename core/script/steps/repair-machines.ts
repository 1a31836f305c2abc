import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type AssayError, errorMessage } from '../../../foundation/index.ts';
import { durationMs, formatDuration } from '../duration.ts';
import { scriptErrors } from '../errors.ts';
import { readScript } from '../read-script.ts';
import { readAgentKey } from '../remote/agent-key.ts';
import { linkLocalAddress } from '../remote/link-local-address.ts';
import { packScript, type ScriptPackage } from '../remote/pack-script.ts';
import { defaultAgentPort } from '../remote/script-package.ts';
import { SendFailure, sendScript } from '../remote/send-script.ts';
import { switchOnCards } from '../remote/switch-on-cards.ts';
import { type StepContext, type StepKind, stepKind } from '../step-kind.ts';
import { machinePlaces } from './hardware/places.ts';
import { pathInScript } from './path-in-script.ts';

const macPattern = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/;

const machine = z
  .string()
  .toLowerCase()
  .refine(
    (text) => isMac(text) || z.ipv4().safeParse(text).success || z.ipv6().safeParse(text).success,
    "a machine is named by the MAC address of its card, '52:54:00:12:34:56', or by an IP address",
  );

const path = z.string().min(1);

const options = z.strictObject({
  machines: z
    .array(machine)
    .min(1)
    .max(1000)
    .refine((names) => new Set(names).size === names.length, 'a machine is named twice')
    .describe('MAC addresses, for machines on the same network, or IP addresses.'),
  script: path.describe('The script that they run; those that it calls go with it.'),
  files: z
    .union([path, z.array(path)], { error: 'a path, or a list of paths' })
    .default([])
    .transform((paths) => [paths].flat())
    .describe('Files and folders that go with it, in the folder of that script.'),
  key: path.describe('The file with the key that the machines have, too: `openssl rand -hex 32` makes one.'),
  port: z.int().min(1).max(65535).default(defaultAgentPort).describe('Where their agents listen.'),
  parallel: z.int().min(1).max(64).default(8).describe('How many are repaired at once.'),
  reachWithin: durationMs
    .default(120_000)
    .describe('How long a machine that does not answer, or is busy, is tried: 2m without it.'),
  card: z
    .string()
    .regex(/^[a-z][a-z0-9_.-]*$/, 'a network card is called like eth0')
    .optional()
    .describe('The card behind which machines are that are named by their MAC address; any without it.'),
});

type Options = z.output<typeof options>;

export interface RepairPlaces {
  sysFolder: string;
  /** Between two attempts to reach a machine. */
  pauseMs: number;
  send: typeof sendScript;
}

const machineRepairPlaces: RepairPlaces = {
  sysFolder: machinePlaces.sysFolder,
  pauseMs: 2000,
  send: sendScript,
};

/**
 * Makes the kind `repair-machines` (spec R10): one repair, replayed on all machines that are named, each of which has to
 * have its agent. What becomes of one keeps none of the others from being repaired.
 *
 * @param kinds Those that the script may have which is sent.
 */
export function makeRepairMachines(
  kinds: () => readonly StepKind[],
  places = machineRepairPlaces,
): StepKind<typeof options> {
  return stepKind({
    name: 'repair-machines',
    summary: 'run a script on other machines, over the network, with the files that it needs',
    options,
    async run(options, context) {
      const { machines, parallel } = options;
      const script = await readScript(pathInScript(options.script, context), kinds());
      const wanted = options.files.map((path) => pathInScript(path, context));
      const scriptPackage = await packScript(script, wanted);
      const key = await readAgentKey(pathInScript(options.key, context));
      const cards = await cardsFor(options, places, context);
      const failures = new Map<string, string>();
      const repair = async (name: string) => {
        const hosts = isMac(name) ? cards.map((card) => `${linkLocalAddress(name)}%${card}`) : [name];
        try {
          await repairMachine({ name, hosts, key, scriptPackage }, options, places, context);
          context.log(`${name}: repaired`);
        } catch (error) {
          context.signal.throwIfAborted();
          failures.set(name, errorMessage(error));
          context.log(`${name}: not repaired: ${errorMessage(error)}`);
        }
      };
      await eachOf(machines, parallel, repair);
      if (failures.size === 0) return { machines: machines.length, repaired: machines.length };
      throw notRepaired(options, failures);
    },
  });
}

function isMac(name: string): boolean {
  return macPattern.test(name);
}

/** The cards behind which machines are looked for; none where all have IP addresses. */
async function cardsFor(
  { machines, card }: Options,
  { sysFolder }: RepairPlaces,
  context: StepContext,
): Promise<string[]> {
  if (!machines.some(isMac)) return [];
  const cards = await switchOnCards({ sysFolder, wanted: card }, context);
  return cards.map(({ name }) => name);
}

/** Runs an action for each of several, some at a time; the first that throws ends it. */
async function eachOf(
  names: readonly string[],
  parallel: number,
  action: (name: string) => Promise<void>,
): Promise<void> {
  const left = [...names];
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await action(name);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, names.length) }, work));
}

interface MachineToRepair {
  name: string;
  /** Where it may be: one address for each card behind which it may be. */
  hosts: readonly string[];
  key: Uint8Array;
  scriptPackage: ScriptPackage;
}

/** Tries until the agent has run the script, it is clear that it never will, or the time to reach it is over. */
async function repairMachine(
  { name, hosts, key, scriptPackage }: MachineToRepair,
  { port, reachWithin }: Options,
  { pauseMs, send }: RepairPlaces,
  { signal, log }: StepContext,
): Promise<void> {
  const startMs = performance.now();
  const job = randomUUID();
  const say = (text: string) => log(`${name}: ${text}`);
  let told = '';
  for (let attempt = 0; ; attempt += 1) {
    const host = hosts[attempt % hosts.length]!;
    try {
      const ended = await send(scriptPackage, { host, port, key, job }, { log: say, signal });
      if (ended.outcome === 'succeeded') return;
      throw new Error(ended.error ?? 'the script has failed there');
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SendFailure) || error.isFinal) throw error;
      const triedMs = performance.now() - startMs;
      if (triedMs >= reachWithin) {
        const tried = formatDuration(Math.round(triedMs / 1000) * 1000);
        throw new Error(`${error.message}; tried for ${tried}`, { cause: error });
      }
      // Once for each reason, not every 2 seconds; and not before all ways were tried, since a card that was just
      // switched on is not ready at once.
      if (attempt >= hosts.length && told !== error.message) {
        say(`not yet: ${error.message}`);
        told = error.message;
      }
      await delay(pauseMs, undefined, { signal });
    }
  }
}

function notRepaired({ machines, script }: Options, failures: ReadonlyMap<string, string>): AssayError {
  return scriptErrors.SCRIPT_MACHINES_NOT_REPAIRED({
    tried: `run ${script} on ${machines.length} machines`,
    expected: 'success on all of them',
    got: [
      `${machines.length - failures.size} repaired`,
      ...[...failures].map(([name, reason]) => `${name}: ${reason}`),
    ].join('; '),
  });
}
