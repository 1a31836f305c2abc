import { z } from 'zod';

/** Addresses stand in commands and header lines: nothing in them may end one. */
const mailAddress = z
  .string()
  .regex(/^[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+$/u, 'must be an address such as admin@example.org');

/** Where mail goes, as text files say it. */
export const mailOptions = z.strictObject({
  server: z
    .string()
    .regex(
      /^[\w.-]+(:\d{1,5})?$/,
      'a server is a name or an address, with a port if it is not 25: mail.lan:2525',
    )
    .describe('Takes mail by SMTP, without encryption and without a password: mail.lan, mail.lan:2525.'),
  from: mailAddress.describe('Who the mail is from.'),
  to: z.union([mailAddress, z.array(mailAddress).min(1)]).describe('Who gets it, one or several.'),
});

export type MailOptions = z.output<typeof mailOptions>;

/** The server of {@link mailOptions}, taken apart. Pure. */
export function mailServerOf({ server }: MailOptions): { host: string; port: number } {
  const [host = '', port = '25'] = server.split(':');
  return { host, port: Number(port) };
}
