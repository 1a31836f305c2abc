import t from 'tap';
import { withoutLoopTalk } from './loop-talk.ts';
import { shellLoopLine } from './shell-loop.ts';

const setUp = shellLoopLine('abcdefghjkmn').trimEnd();
const broken = `box:/# ${setUp}`.match(/.{1,80}/g)!;

t.test('set-up and frames go, what the guest prints stays', async (t) => {
  const lines = ['login: root', setUp, '', ...broken, '@abcdefghjkmn:0:h:;', '42', '@abcdefghjkmn:1:e:0;'];
  t.ok(broken.length > 3);
  t.same(withoutLoopTalk(lines), ['login: root', '', '42']);
});

t.test('what the guest prints in the middle of the echo stays', async (t) => {
  const [first, ...others] = broken;
  const lines = [first!, 'BusyBox v1.35.0', '[    2.1] Kernel panic - not syncing', ...others, 'after'];
  t.same(withoutLoopTalk(lines), ['BusyBox v1.35.0', '[    2.1] Kernel panic - not syncing', 'after']);
});

t.test('an echo whose end was cut takes nothing else along', async (t) => {
  const cut = setUp.slice(0, 200);
  t.same(withoutLoopTalk([cut, 'banner', ...broken, 'after']), ['banner', 'after']);
  t.same(withoutLoopTalk([cut, 'one', 'two']), ['one', 'two']);
});
