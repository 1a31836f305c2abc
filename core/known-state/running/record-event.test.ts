import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { fakeRunning } from './fixtures/running-machine.ts';
import { defaultNotifySettings } from './notify-settings.ts';
import { makeEvent, recordEvent } from './record-event.ts';

t.test('a log that takes nothing is not waited for', async (t) => {
  const { system, folder } = fakeRunning(t.testdir({}));
  const eventLog = join(folder, 'pipe');
  // Whoever opens it to write waits for a reader, as for a disk that hangs.
  execFileSync('mkfifo', [eventLog]);
  const event = makeEvent(system, 'up', 'system-1 is up');
  await recordEvent(system, { ...defaultNotifySettings, eventLog }, event, 100);
  const reader = await open(eventLog, constants.O_RDONLY | constants.O_NONBLOCK);
  t.teardown(async () => await reader.close());
});
