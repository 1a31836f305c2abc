import { createHash } from 'node:crypto';
import t from 'tap';
import { readBootStates } from './boot-states.ts';

/** Written by the documentation, as the core would. */
function copyOf(sequence: number, ...states: string[]): Buffer {
  const text = ['ASSAY-BOOT-STATES 1', `sequence ${sequence}`, 'recoveries 0', ...states, ''].join('\n');
  const sealed = `${text}sha256 ${createHash('sha256').update(text).digest('hex')}\n`;
  return Buffer.concat([Buffer.from(sealed), Buffer.alloc(4096 - sealed.length, '\n')]);
}

const time = '2026-11-21T08:00:00.000Z';

t.test('the valid copy with the highest sequence number counts', async (t) => {
  const older = copyOf(6, `system-1 OK ${time} `, `system-2 OK ${time} `);
  const newer = copyOf(7, `system-1 Dirty ${time} did not finish booting`, `system-2 Clean ${time} `);
  for (const file of [Buffer.concat([older, newer]), Buffer.concat([newer, older])]) {
    const { value, copies } = readBootStates(file);
    t.equal(value?.sequence, 7);
    t.same(value?.partitions['system-1'], { state: 'Dirty', time, reason: 'did not finish booting' });
    t.same(value?.partitions['system-2'], { state: 'Clean', time, reason: '' });
    t.equal(copies.filter((copy) => typeof copy === 'string').length, 0);
  }
});

t.test('a copy that is torn leaves the other one', async (t) => {
  const newer = copyOf(7, `system-1 Dirty ${time} did not finish booting`);
  newer.fill(0, 64);
  const { value, copies } = readBootStates(Buffer.concat([copyOf(6, `system-1 OK ${time} `), newer]));
  t.equal(value?.sequence, 6);
  t.match(copies[1], /no checksum/);
});

t.test('what is wrong with a copy is said, and nothing is thrown', async (t) => {
  const good = copyOf(1, `system-1 OK ${time} `);
  const said = (change: (bytes: Buffer) => Buffer) => readBootStates(change(Buffer.from(good))).copies[0];
  const changed = (offset: number, text: string) => (bytes: Buffer) => {
    bytes.write(text, offset);
    return bytes;
  };
  t.match(said(changed(0, 'ESSAY')), /checksum is wrong/);
  t.match(said(changed(4090, 'later')), /follows the checksum/);
  t.match(
    said((bytes) => bytes.subarray(0, 100)),
    /100 bytes/,
  );
  t.match(
    said(() => copyOf(1, 'system-1 Filthy now ')),
    /no state/,
  );
  t.match(
    said(() => copyOf(1)),
    /no state/,
  );
  t.equal(readBootStates(Buffer.alloc(8192)).value, null);
});
