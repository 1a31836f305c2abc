import t from 'tap';
import { takeFirstMatch } from './console-waiter.ts';
import { ConsoleWindow } from './console-window.ts';
import { KernelLineSplitter } from './kernel-lines.ts';

function windowOf(...chunks: string[]): ConsoleWindow {
  const window = new ConsoleWindow();
  const splitter = new KernelLineSplitter();
  for (const chunk of chunks) window.push(splitter.push(chunk), splitter.held);
  return window;
}

t.test('a text that a kernel line cuts is found in the programs view', async (t) => {
  const match = takeFirstMatch(windowOf('pas[    2.948528] scsi\nsphrase: x'), { ask: 'passphrase: ' });
  t.match(match, { which: 'ask', view: 'program', before: '' });
});

t.test('a kernel line itself is found in the raw view', async (t) => {
  const window = windowOf('a\n[    2.948528] sd 0:0:0:0: ready\nb\n');
  t.match(takeFirstMatch(window, { disk: 'sd 0:0:0:0' }), { view: 'raw' });
  t.equal(window.pending, ': ready\nb\n');
});

t.test('a match takes all before it, in both views', async (t) => {
  const window = windowOf('one\n[    1.000000] k\ntwo\nthree\n');
  takeFirstMatch(window, { found: 'two\n' });
  t.equal(window.pending, 'three\n');
  t.equal(takeFirstMatch(window, { found: 'one' }), undefined);
  t.match(takeFirstMatch(window, { found: /thr(e+)/ }), { groups: ['ee'], before: '' });
});

t.test('of several patterns the one that comes first in the stream counts', async (t) => {
  const match = takeFirstMatch(windowOf('login failed, login:'), { login: 'login:', failed: 'failed' });
  t.equal(match?.which, 'failed');
});

t.test('a match in a kernel line that is not complete yet does not disturb what follows', async (t) => {
  const window = new ConsoleWindow();
  const splitter = new KernelLineSplitter();
  const push = (text: string) => window.push(splitter.push(text), splitter.held);
  push('x[    1.000000] alpha be');
  t.match(takeFirstMatch(window, { found: 'alpha' }), { view: 'raw' });
  push('ta\nrest of x');
  t.equal(window.pending, ' beta\nrest of x');
  t.match(takeFirstMatch(window, { found: 'rest' }), { view: 'program', before: '' });
});

t.test('the same when it turns out to be no kernel line', async (t) => {
  const window = new ConsoleWindow();
  const splitter = new KernelLineSplitter();
  const push = (text: string) => window.push(splitter.push(text), splitter.held);
  push('list [ 12');
  t.match(takeFirstMatch(window, { found: '[ 1' }), { view: 'raw' });
  push('3 entries]\n');
  t.match(takeFirstMatch(window, { found: '23 entries' }), { view: 'program', before: '' });
});

t.test('a flood pushes out what is oldest', async (t) => {
  const window = new ConsoleWindow(1000);
  for (let line = 0; line < 1000; line += 1) window.push([{ kind: 'program', text: `line ${line}\n` }], '');
  t.ok(window.pending.length <= 2000);
  t.equal(takeFirstMatch(window, { found: 'line 0\n' }), undefined);
  t.ok(takeFirstMatch(window, { found: 'line 999\n' }));
});
