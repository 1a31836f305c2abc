import t from 'tap';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import { isStartable } from './assert-startable.ts';

const profileOf = (keys: object) => diskProfileSchema.parse({ format: 'assay disk profile 1', ...keys });
const ready = [{ console: 'nas ready' }];
const login = { user: 'root', passwordFrom: 'NAS_PASSWORD' };

t.test('without what ready is nothing can be started', (t) => {
  t.equal(isStartable(profileOf({}), {}), false);
  t.equal(isStartable(profileOf({ ready }), {}), true);
  t.end();
});

t.test('a password that is not there is said before anything is started', (t) => {
  const profile = profileOf({ ready, console: { login } });
  const missing = { code: 'VALIDATION_PASSWORD_MISSING', blame: 'usage', message: /NAS_PASSWORD/ };
  t.throws(() => isStartable(profile, {}), missing);
  t.throws(() => isStartable(profile, { NAS_PASSWORD: '' }), missing);
  t.throws(() => isStartable(profile, { NAS_PASSWORD: 'geheim\n' }), missing);
  t.equal(isStartable(profile, { NAS_PASSWORD: 'geheim' }), true);
  t.end();
});
