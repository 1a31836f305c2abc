import t from 'tap';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import { logIn } from './console-login.ts';
import { type GuestAnswer, scriptedGuest } from './fixtures/scripted-guest.ts';

const consoleOf = (console: object) =>
  diskProfileSchema.parse({ format: 'assay disk profile 1', console }).console!;
const asRoot = consoleOf({ login: { user: 'root', passwordFrom: 'NAS_PASSWORD' } });
const open = { password: 'open sesame', limitMs: 20_000 };

/** getty and login of a Debian whose root has this password. */
function debian(password = open.password): GuestAnswer {
  let asks: 'user' | 'password' | 'nothing' = 'user';
  return (line) => {
    if (asks === 'nothing') return 'root@nas:~# ';
    if (asks === 'user') {
      if (line === '') return '\r\nnas login: ';
      asks = 'password';
      return `${line}\r\nPassword: `;
    }
    asks = line === password ? 'nothing' : 'user';
    if (asks === 'user') return '\r\n\r\nLogin incorrect\r\nnas login: ';
    return '\r\nLinux nas 6.1.0\r\nLast login: Sat Nov 21 21:56:05 UTC 2026 on ttyS0\r\nroot@nas:~# ';
  };
}

t.test('user and password, with a greeting that looks like another prompt', async (t) => {
  const { console, typed, print } = scriptedGuest(debian());
  print('\r\nDebian GNU/Linux 12 nas ttyS0\r\n\r\nnas login: ');
  await logIn(console, asRoot, open);
  t.strictSame(typed, ['root', 'open sesame']);
  t.notMatch(console.tail().join('\n'), 'open sesame', 'it is in no line that is shown');
});

t.test('lines of the kernel in between do not hurt', async (t) => {
  const guest = debian();
  const kernel = '[    7.123456] sd 0:0:0:0: [sda] Attached SCSI disk\r\n';
  const { console, typed, print } = scriptedGuest((line) => {
    const answer = guest(line) ?? '';
    return `${answer.slice(0, -4)}${kernel}${answer.slice(-4)}`;
  });
  print(`nas lo${kernel}gin: `);
  await logIn(console, asRoot, open);
  t.strictSame(typed, ['root', 'open sesame']);
});

t.test('a greeting that comes in two pieces is no prompt', async (t) => {
  const { console, typed, print } = scriptedGuest((line) => {
    if (line === 'root') return 'Password: ';
    setTimeout(() => print('Sat Nov 21 21:56:05\r\n# '), 50);
    return '\r\nLast login: ';
  });
  print('login: ');
  await logIn(console, asRoot, open);
  t.strictSame(typed, ['root', 'open sesame']);
});

t.test('a prompt that somebody else has read already is asked for again', async (t) => {
  const { console, typed, print } = scriptedGuest(debian());
  print('nas login: ');
  await console.expect('login: ');
  await logIn(console, asRoot, open);
  t.strictSame(typed, ['', 'root', 'open sesame']);
});

t.test('a line that has the prompt in it is none', async (t) => {
  const guest = debian();
  let isAsking = false;
  const { console, typed, print } = scriptedGuest((line) => (isAsking ? guest(line) : undefined));
  print('setup: after the first login: change the password\n');
  setTimeout(() => {
    isAsking = true;
    print('nas login: ');
  }, 100);
  await logIn(console, asRoot, open);
  t.strictSame(typed, ['root', 'open sesame']);
});

t.test('who is logged in already is not asked', async (t) => {
  const { console, typed, print } = scriptedGuest(() => undefined);
  print('root@nas:~# ');
  await logIn(console, asRoot, open);
  t.strictSame(typed, []);
});

t.test('no password is asked for', async (t) => {
  const { console, typed, print } = scriptedGuest(() => '\r\n# ');
  print('login: ');
  await logIn(console, consoleOf({ login: { user: 'root' } }), { limitMs: 20_000 });
  t.strictSame(typed, ['root']);
});

t.test('a console that is a shell, with a prompt of its own', async (t) => {
  const { console, typed } = scriptedGuest(() => 'nas> ');
  await logIn(console, consoleOf({ prompt: 'nas> ' }), { limitMs: 20_000 });
  t.strictSame(typed, [''], 'it was silent, so Return was pressed');
});

t.test('what was typed is lost once', async (t) => {
  const guest = debian();
  let lost = 0;
  const { console, typed, print } = scriptedGuest((line) => {
    lost += 1;
    return lost === 1 ? '\r\nnas login: ' : guest(line);
  });
  print('nas login: ');
  await logIn(console, asRoot, open);
  t.strictSame(typed, ['root', 'root', 'open sesame']);
});

t.test('a wrong password ends soon, and is not said', async (t) => {
  const { console, typed, print } = scriptedGuest(debian('another'));
  print('nas login: ');
  await t.rejects(logIn(console, asRoot, open), {
    code: 'VALIDATION_LOGIN_FAILED',
    blame: 'product',
    message: /expected: root to be let in.*refused 3 times.*Login incorrect/s,
  });
  t.equal(typed.filter((line) => line === 'open sesame').length, 3);
});

t.test('a password that the profile does not name', async (t) => {
  const { console, print } = scriptedGuest(debian());
  print('nas login: ');
  const wanted = consoleOf({ login: { user: 'root' } });
  await t.rejects(logIn(console, wanted, { limitMs: 20_000 }), {
    code: 'VALIDATION_LOGIN_FAILED',
    message: /without a password, for the profile has no passwordFrom/,
  });
});

t.test('a console that says nothing, or something else', async (t) => {
  const silent = scriptedGuest(() => undefined, 0.02);
  await t.rejects(logIn(silent.console, asRoot, open), {
    code: 'VALIDATION_LOGIN_FAILED',
    message: /the prompt "login: "/,
  });
  const changes = scriptedGuest((line) => (line === 'root' ? 'Password: ' : 'New password: '), 0.02);
  changes.print('login: ');
  await t.rejects(logIn(changes.console, asRoot, open), {
    code: 'VALIDATION_LOGIN_FAILED',
    message: /after the password of root.*New password/s,
  });
});

t.test('a machine that ends is the reason itself', async (t) => {
  const { console, print } = scriptedGuest(() => undefined);
  print('login: ');
  setTimeout(() => console.end(new Error('powered off')), 100);
  await t.rejects(logIn(console, asRoot, open), { message: 'powered off' });
});
