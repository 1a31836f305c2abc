import { setTimeout as pause } from 'node:timers/promises';
import { failureWords } from '../../script/steps/failure-words.ts';
import { requestHttp } from '../../script/steps/network/http-request.ts';
import { mailServerOf } from '../../script/steps/network/mail-options.ts';
import { sendMail } from '../../script/steps/network/send-mail.ts';
import type { NotifySettings } from './notify-settings.ts';
import { sendSyslog } from './send-syslog.ts';
import { encodeSyslogMessage } from './syslog-message.ts';
import type { SystemEvent } from './system-event.ts';

/** How often each channel is tried, and how long is waited before each further time: the network may come late. */
export interface Patience {
  waitsMs: readonly number[];
  /** For one try. */
  limitMs: number;
}

const patience: Patience = { waitsMs: [2000, 5000, 10_000, 30_000, 60_000, 120_000], limitMs: 30_000 };

export interface Telling {
  channel: 'syslog' | 'email' | 'webhook';
  /** Undefined when it was told. */
  problem?: string;
}

/**
 * Tells an event to all who are to be told (spec B6), each on its own and several times if need be. Never throws.
 *
 * @returns What became of each channel that the settings name.
 */
export async function tell(
  event: SystemEvent,
  settings: NotifySettings,
  { waitsMs, limitMs }: Patience = patience,
): Promise<Telling[]> {
  const asked = (['syslog', 'email', 'webhook'] as const).filter(
    (channel) => settings[channel] !== undefined,
  );
  const tellOne = async (channel: Telling['channel']): Promise<Telling> => {
    let problem = '';
    for (const waitMs of [0, ...waitsMs]) {
      await pause(waitMs, undefined, { ref: false });
      try {
        await channels[channel](event, settings, AbortSignal.timeout(limitMs));
        return { channel };
      } catch (error) {
        problem = failureWords(error);
      }
    }
    return { channel, problem: `${problem}, ${waitsMs.length + 1} times` };
  };
  return await Promise.all(asked.map(tellOne));
}

type Channel = (event: SystemEvent, settings: NotifySettings, signal: AbortSignal) => Promise<void>;

/** What fails must not tell the webhook's address: many have their password in it. */
const channels: Record<Telling['channel'], Channel> = {
  async syslog({ event, machine: { host, serial }, time, text: sentence }, { syslog }) {
    const { facility } = syslog!;
    // Machines of one image may all have the same host name.
    const text = serial === null ? sentence : `${sentence}, serial number ${serial}`;
    const words = { facility, severity: 'warning', host, messageId: event, text } as const;
    await sendSyslog(encodeSyslogMessage({ ...words, time: new Date(time) }), syslog!);
  },
  async email(event, { email }, signal) {
    const { host } = event.machine;
    const subject = `${host}: ${event.text}`;
    const mail = { from: email!.from, to: [email!.to].flat(), subject, text: letterOf(event), host };
    await sendMail({ ...mail, time: new Date(event.time) }, mailServerOf(email!), signal);
  },
  async webhook(event, { webhook }, signal) {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(event);
    const answer = await requestHttp(new URL(webhook!), { method: 'POST', headers, body, signal });
    answer.destroy();
  },
};

function letterOf({ time, machine, running, version, text, passedOver = {}, states }: SystemEvent): string {
  const lines = [
    `${text}.`,
    '',
    `machine:  ${machine.host}, serial number ${machine.serial ?? 'unknown'}`,
    `time:     ${time}`,
    `running:  ${running}, version ${version}`,
    ...Object.entries(passedOver).map(([name, reason]) => `passed over: ${name}: ${reason}`),
    ...Object.entries(states?.partitions ?? {}).map(([name, { state }]) => `state:    ${name} ${state}`),
    '',
    'known-state status tells more, known-state repair restores the others.',
  ];
  return `${lines.join('\n')}\n`;
}
