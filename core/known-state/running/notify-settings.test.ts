import { join } from 'node:path';
import t from 'tap';
import { defaultNotifySettings, readNotifySettings } from './notify-settings.ts';

t.test('the first file that is there counts, whole', async (t) => {
  const folder = t.testdir({
    data: 'selfRepair: true\nsyslog: { host: log.lan }\n',
    etc: 'webhook: https://hook.lan/x\n',
  });
  const { settings, problems } = await readNotifySettings(
    ['none', 'data', 'etc'].map((name) => join(folder, name)),
  );
  t.same(problems, []);
  t.same(settings, {
    ...defaultNotifySettings,
    selfRepair: true,
    syslog: { host: 'log.lan', port: 514, facility: 'daemon' },
  });
});

t.test('without a file, and with an empty one, the defaults count', async (t) => {
  const folder = t.testdir({ empty: '# nothing yet\n' });
  for (const name of ['none', 'empty', 'empty/below']) {
    const reading = await readNotifySettings([join(folder, name)]);
    t.same(reading, { settings: defaultNotifySettings, problems: [] }, name);
  }
  t.match(defaultNotifySettings, { eventLog: '/data/assay/events.jsonl', selfRepair: false });
});

t.test('a file with a mistake is named with its line, and the next one counts', async (t) => {
  const folder = t.testdir({
    key: 'selfRepair: true\nwebhok: https://hook.lan/\n',
    yaml: 'selfRepair: [\n',
    value: 'email: { server: "no server!", from: a@lan, to: b@lan }\n',
    good: 'selfRepair: true\n',
  });
  const paths = ['key', 'yaml', 'value', 'good'].map((name) => join(folder, name));
  const { settings, problems } = await readNotifySettings(paths);
  t.equal(settings.selfRepair, true);
  t.match(problems, [
    /line 2, webhok: unknown key, did you mean "webhook"/,
    /line \d/,
    /line 1, email\.server/,
  ]);
});
