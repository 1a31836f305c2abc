import t from 'tap';
import { TerminalText } from './terminal-text.ts';

const corpus: { what: string; bytes: string | Uint8Array; text: string }[] = [
  { what: 'plain', bytes: 'ready\n', text: 'ready\n' },
  { what: 'CR LF', bytes: 'a\r\nb\r\r\nc', text: 'a\nb\nc' },
  { what: 'a carriage return alone', bytes: '10%\r20%\r\n', text: '10%\n20%\n' },
  { what: 'colours', bytes: '\u001b[1;31mred\u001b[0m!', text: 'red!' },
  { what: 'the cursor query of an editing shell', bytes: '# \u001b[6n', text: '# ' },
  { what: 'a window title', bytes: '\u001b]0;root@host\u0007$ ', text: '$ ' },
  { what: 'a title ended by ST', bytes: '\u001b]2;x\u001b\\$ ', text: '$ ' },
  { what: 'a title that never ends', bytes: '\u001b]0;lost\nnext', text: '\nnext' },
  { what: 'a character set', bytes: '\u001b(Bx', text: 'x' },
  { what: 'bracketed paste', bytes: '\u001b[?2004h$ ls\u001b[?2004l\r\n', text: '$ ls\n' },
  { what: 'bell, NUL and DEL', bytes: 'a\u0007\u0000b\u007f', text: 'ab' },
  { what: 'UTF-8', bytes: 'größer €\n', text: 'größer €\n' },
  { what: 'no UTF-8', bytes: Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0x62), text: 'a\ufffd\ufffd(b' },
];

for (const { what, bytes, text } of corpus) {
  t.test(`${what} is read the same however it is split`, async (t) => {
    const input = Buffer.from(bytes as Uint8Array);
    for (let split = 0; split <= input.length; split += 1) {
      const terminal = new TerminalText();
      const got = terminal.push(input.subarray(0, split)) + terminal.push(input.subarray(split));
      t.equal(got, text, `split at ${split}`);
    }
  });
}

t.test('counts what was no UTF-8', async (t) => {
  const terminal = new TerminalText();
  terminal.push(Uint8Array.of(0xff, 0x61, 0xfe, 0x1b, 0x5b, 0x6d, 0xfd));
  t.equal(terminal.replacedCount, 3);
});
