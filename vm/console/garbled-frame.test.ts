import t from 'tap';
import { garbledFrame } from './garbled-frame.ts';

const nonce = 'abcghjkmnpqs';
const found = (...lines: string[]) => garbledFrame(lines, nonce, 12) !== undefined;

t.test('answers that the console has damaged', async (t) => {
  t.ok(found('@abcghjkmpqs:12:e:0;'), 'a letter is missing');
  t.ok(found('@agjmnpqs:12:e:0;'), 'four are missing');
  t.ok(found('ls', '@abbcghjkmnpqs:12:b:3.1;'), 'one is doubled');
  t.ok(found('abcghjkmnpqs:12:e:0;'), 'its beginning is missing');
  t.ok(found(`@${nonce}:122:e:0;`), 'a number that was never given');
  t.ok(found(`@${nonce}:12:e0;`), 'another form');
  t.ok(found(`@${nonce}:12:b:3.1;@${nonce}:12:e:0;`), 'a line end is missing: the end was not taken');
});

t.test('what is no sign of damage', async (t) => {
  t.notOk(found('box login: ', 'root@appliance:/var/log# ', '12:34:56 up 3 days'), 'what guests print');
  t.notOk(
    found(`@${nonce}:0:h:;`, `@${nonce}:11:e:1;`, `@${nonce}:12:b:17.25;`, 'still at work'),
    'sound answers',
  );
  t.notOk(
    found(`unset HISTFILE; exec sh -c '_A=@${nonce.slice(0, 6)}; _A=\${_A}${nonce.slice(6)};`),
    'the echo',
  );
  t.notOk(
    found('@abcgh[   12.345678] eth0: link is up', `jkmnpqs:12:b:17.25;`),
    'kernel lines in the middle',
  );
  t.notOk(found('@wvutsrxyz234:12:e:0;'), 'of another loop');
});
