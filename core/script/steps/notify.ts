import { appendFile, mkdir, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { durably } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import { type StepContext, stepKind } from '../step-kind.ts';
import { failureWords } from './failure-words.ts';
import { requestHttp } from './network/http-request.ts';
import { mailOptions, mailServerOf } from './network/mail-options.ts';
import { sendMail } from './network/send-mail.ts';
import { pathInScript } from './path-in-script.ts';

const options = z
  .strictObject({
    text: z.string().min(1).describe('What is said; its first line is the subject of a mail.'),
    webhook: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('An address that a JSON object is posted to.'),
    log: z.string().min(1).optional().describe('A file that a line is added to.'),
    email: mailOptions.optional().describe('A mail.'),
  })
  .refine(({ webhook, log, email }) => webhook ?? log ?? email, 'needs webhook, log or email');

type Options = z.output<typeof options>;

interface Notification {
  /** ISO 8601, UTC. */
  time: string;
  host: string;
  /** The folder of the script. */
  script: string;
  text: string;
}

type Channel = 'webhook' | 'log' | 'email';

/**
 * Tells somebody (spec B6, R10): by HTTP POST, by a line in a file, by mail; all that are asked for are tried.
 *
 * @throws SCRIPT_NOTIFICATION_FAILED when none worked.
 */
export const notify = stepKind({
  name: 'notify',
  summary: 'notify somebody by webhook, e-mail or a line in a file',
  options,
  async run(options, context) {
    const { text } = options;
    const time = new Date().toISOString();
    const notification = { time, host: hostname(), script: context.scriptName, text };
    const facts: Partial<Record<Channel, string>> = {};
    const failures: string[] = [];
    for (const channel of ['webhook', 'log', 'email'] as const) {
      if (options[channel] === undefined) continue;
      try {
        await channels[channel](options, notification, context);
        facts[channel] = 'told';
      } catch (error) {
        context.signal.throwIfAborted();
        facts[channel] = `failed: ${failureWords(error)}`;
        failures.push(`${channel}: ${failureWords(error)}`);
        context.log(failures.at(-1)!);
      }
    }
    if (failures.length < Object.keys(facts).length) return facts;
    throw scriptErrors.SCRIPT_NOTIFICATION_FAILED({
      tried: `notify by ${Object.keys(facts).join(', ')}`,
      got: failures.join('\n            '),
    });
  },
});

/** What fails must not tell the webhook's address: many have their password in it. */
const channels: Record<
  Channel,
  (options: Options, notification: Notification, context: StepContext) => Promise<void>
> = {
  async webhook({ webhook }, notification, { signal }) {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(notification);
    const answer = await requestHttp(new URL(webhook!), { method: 'POST', headers, body, signal });
    answer.destroy();
  },
  async log({ log }, { time, host, text }, context) {
    const path = pathInScript(log!, context);
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, `${time} ${host} ${text.trim().replace(/\s*\n\s*/g, ' | ')}\n`);
    const file = await open(path, 'r+');
    try {
      await durably('notify.line', () => file.sync());
    } finally {
      await file.close();
    }
  },
  async email({ email }, { time, host, text }, { signal }) {
    const { from, to } = email!;
    const [subject = ''] = text.trim().split('\n');
    const mail = { from, to: [to].flat(), subject, text, time: new Date(time), host };
    await sendMail(mail, mailServerOf(email!), signal);
  },
};
