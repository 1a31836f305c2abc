import t from 'tap';
import { KernelLineSplitter, kernelLineSeconds } from './kernel-lines.ts';

/** Interleavings as they were seen: what came, what programs meant. */
const corpus: { what: string; stream: string; program: string; kernel: string[] }[] = [
  {
    what: 'a kernel line in the middle of a prompt',
    stream: 'Please enter pas[    2.948528] scsi 0:0:0:0: Direct-Access\nsphrase: ',
    program: 'Please enter passphrase: ',
    kernel: ['[    2.948528] scsi 0:0:0:0: Direct-Access\n'],
  },
  {
    what: 'kernel lines between program lines',
    stream: 'one\n[   10.000001] a\n[   10.000002] b\ntwo\n',
    program: 'one\ntwo\n',
    kernel: ['[   10.000001] a\n', '[   10.000002] b\n'],
  },
  {
    what: 'a kernel with callers',
    stream: 're[   12.345678][  T123] usb 1-1: new device\nady\n',
    program: 'ready\n',
    kernel: ['[   12.345678][  T123] usb 1-1: new device\n'],
  },
  {
    what: 'brackets that are no time',
    stream: '[ok] [12.34] [1.234567]x\n',
    program: '[ok] [12.34] [1.234567]x\n',
    kernel: [],
  },
  { what: 'a prompt that ends in a bracket', stream: 'choose [', program: 'choose ', kernel: [] },
];

for (const { what, stream, program, kernel } of corpus) {
  t.test(`${what}, however it is split`, async (t) => {
    for (let split = 0; split <= stream.length; split += 1) {
      const splitter = new KernelLineSplitter();
      const pieces = [...splitter.push(stream.slice(0, split)), ...splitter.push(stream.slice(split))];
      const join = (kind: string) => pieces.filter((piece) => piece.kind === kind).map((piece) => piece.text);
      t.equal(join('program').join(''), program, `program, split at ${split}`);
      t.same(join('kernel'), kernel, `kernel, split at ${split}`);
      t.equal(pieces.map((piece) => piece.text).join('') + splitter.held, stream, 'nothing is lost');
    }
  });
}

t.test('what looks like a kernel line and never ends is given up', async (t) => {
  const splitter = new KernelLineSplitter();
  const pieces = splitter.push(`[    1.000000] ${'x'.repeat(5000)}`);
  t.equal(pieces.length, 1);
  t.equal(pieces[0]?.kind, 'program');
  t.equal(splitter.held, '');
});

t.test('the time of a kernel line', async (t) => {
  t.equal(kernelLineSeconds('[   12.500000] x'), 12.5);
  t.equal(kernelLineSeconds('no kernel line'), undefined);
});
