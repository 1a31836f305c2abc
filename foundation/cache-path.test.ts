import t from 'tap';
import { defaultCachePath } from './cache-path.ts';

t.test('the cache lies where the session says, else below the home', async (t) => {
  t.equal(defaultCachePath({ XDG_CACHE_HOME: '/cache' }), '/cache/assay');
  t.match(defaultCachePath({}), /\/\.cache\/assay$/);
  t.match(defaultCachePath({ XDG_CACHE_HOME: '' }), /\/\.cache\/assay$/);
});
