import { setTimeout as pause } from 'node:timers/promises';
import { errorMessage } from '../../../foundation/index.ts';
import { announce } from '../../appliance/announce.ts';
import type { Watchdog } from '../../boot-loader/watchdog.ts';
import { reasonOf } from '../reason-of.ts';
import { readBootStates } from '../state-store.ts';
import { type Application, startApplication } from './application.ts';
import { readBootStatus, writeBootStatus } from './boot-status.ts';
import { endInOrder } from './end-in-order.ts';
import { failSystem } from './fail-system.ts';
import { feedRegularly } from './feed-regularly.ts';
import { markUp } from './mark-up.ts';
import type { DataReport } from './mount-data.ts';
import { type NotifySettings, readNotifySettings } from './notify-settings.ts';
import { passedOverPartitions } from './passed-over.ts';
import { preferredOrder } from './preferred-order.ts';
import { makeEvent, recordEvent } from './record-event.ts';
import type { RunningSystem } from './running-system.ts';
import { readServiceSettings } from './service-settings.ts';
import type { SystemEvent } from './system-event.ts';
import { untilFailed, untilWell } from './watch-application.ts';

/** What the service does to the machine that it runs on; tests have others. */
export interface ServiceAround {
  openWatchdog(): Promise<Watchdog>;
  mountData(): Promise<DataReport>;
  /** Tells those who are to be told that another partition runs than the first; never throws. */
  tellOfFallback(event: SystemEvent, settings: NotifySettings): Promise<void>;
  /** Starts the repair of the other partitions, which goes on by itself (spec B6). */
  startRepair(): void;
  /** Does not return on a machine. */
  reset(reason: string): Promise<unknown>;
  /** Aborted when the machine is shut down or restarted in order. */
  shutDown: AbortSignal;
}

/**
 * The one long-lived program of a system that was started from a system partition (spec B3, B6, B7): brings it up, writes
 * Clean, tells, watches the application, and writes OK at an orderly shutdown. Whatever fails marks the partition Dirty
 * and resets the machine.
 */
export async function serve(system: RunningSystem, around: ServiceAround): Promise<void> {
  const run: Run = { application: undefined, settings: undefined };
  const over = new AbortController();
  let reason: string | undefined;
  try {
    await refuseSecondRun(system);
    await using watchdog = await around.openWatchdog();
    const fed = feedRegularly(watchdog, system.configuration.layout, over.signal);
    const given = AbortSignal.any([around.shutDown, over.signal]);
    reason = await Promise.race([runSystem(system, around, run, given), fed]);
  } catch (error) {
    reason = reasonOf(error);
  }
  // From here on nobody feeds the watchdog: an end that hangs is a reset.
  over.abort();
  if (reason === undefined || (await isShutDown(around.shutDown))) await endInOrder(system, run);
  else await fail(system, around, run, reason);
}

export interface Run {
  application: Application | undefined;
  settings: NotifySettings | undefined;
  /** Set once it is up. */
  up?: { sinceMs: number; recoveriesBefore: number };
}

/**
 * A system that fails sooner after it was up was no better than one that did not come up: a recovery that leads to such
 * systems again and again must come to an end.
 */
const steadyMs = 10 * 60_000;

/** The service is started again when it has ended; what became of the application meanwhile nobody knows. */
async function refuseSecondRun(system: RunningSystem): Promise<void> {
  const before = await readBootStatus(system);
  if (before === null || before.stage === 'ended') return;
  throw new Error('the service has ended unexpectedly');
}

/** @returns Why it has failed; undefined when the machine is shut down. */
async function runSystem(
  system: RunningSystem,
  around: ServiceAround,
  run: Run,
  given: AbortSignal,
): Promise<string | undefined> {
  await writeBootStatus(system, 'starting');
  const { places, configuration, located, name, openDisk } = system;
  const data = await around.mountData();
  const { settings, problems } = await readNotifySettings(places.notifyPaths);
  run.settings = settings;
  const service = await readServiceSettings(places.applicationFolder);
  run.application = await startApplication(places.applicationFolder);
  await untilWell(run.application, service);
  given.throwIfAborted();
  const { states } = await readBootStates(located.partitions, openDisk);
  const { order, unknown } = preferredOrder(configuration, settings);
  const passedOver = passedOverPartitions(order, name, states);
  const facts = { passedOver, states: await markUp(system) };
  run.up = { sinceMs: performance.now(), recoveriesBefore: states?.recoveries ?? 0 };
  await writeBootStatus(system, 'up', { passedOver, data });
  const { version } = system;
  announce(
    `READY ${JSON.stringify({ system: name, version, passedOver, data, recoveries: states?.recoveries ?? 0 })}`,
  );
  await tellWhatIs(system, around, settings, {
    ...{ data, facts },
    problems: [...problems, ...unknown.map((other) => `notify.yaml: candidates: there is no ${other}`)],
  });
  return await untilFailed(run.application, service, given);
}

async function tellWhatIs(
  system: RunningSystem,
  around: ServiceAround,
  settings: NotifySettings,
  {
    data,
    problems,
    facts,
  }: { data: DataReport; problems: readonly string[]; facts: Pick<SystemEvent, 'passedOver' | 'states'> },
): Promise<void> {
  const { name } = system;
  const found = [
    ...problems,
    ...Object.entries(data).flatMap(([part, report]) => (report === 'mounted' ? [] : [`${part}: ${report}`])),
    ...system.located.problems.map(({ partition, problem }) => `${partition}: ${problem}`),
  ];
  await recordEvent(system, settings, makeEvent(system, 'up', `${name} is up`, facts));
  for (const text of found) await recordEvent(system, settings, makeEvent(system, 'problem', text));
  const passedOver = Object.entries(facts.passedOver ?? {});
  if (passedOver.length === 0) return;
  const why = passedOver.map(([other, reason]) => `${other}: ${reason}`).join('; ');
  const event = makeEvent(system, 'fallback', `${name} runs, not ${passedOver[0]![0]} (${why})`, facts);
  await recordEvent(system, settings, event);
  // Networks may come late, and a repair takes its time: neither is waited for.
  void around.tellOfFallback(event, settings);
  if (settings.selfRepair) around.startRepair();
}

/** Long enough for a signal that was sent at the same time as that which ended the application. */
const signalMs = 500;

/** At a shutdown every program gets its signal, and the application may have taken notice of its own first. */
async function isShutDown(shutDown: AbortSignal): Promise<boolean> {
  if (!shutDown.aborted) await pause(signalMs, undefined, { signal: shutDown }).catch(() => {});
  return shutDown.aborted;
}

async function fail(
  system: RunningSystem,
  { reset }: ServiceAround,
  { application, settings, up }: Run,
  reason: string,
): Promise<void> {
  const wasSteady = up !== undefined && performance.now() - up.sinceMs >= steadyMs;
  await writeBootStatus(system, 'failed').catch((error) => announce(`PROBLEM ${errorMessage(error)}`));
  await failSystem(system, reason, {
    ...(settings === undefined ? {} : { settings }),
    ...(up === undefined || wasSteady ? {} : { recoveries: up.recoveriesBefore }),
    async reset(why) {
      await application?.stop(1000);
      await reset(why);
    },
  });
}
