import t from 'tap';
import { linkLocalAddress } from './link-local-address.ts';

t.test('the address that a card gives itself', async (t) => {
  // The example of RFC 4291, appendix A.
  t.equal(linkLocalAddress('34:56:78:9a:bc:de'), 'fe80::3656:78ff:fe9a:bcde');
  t.equal(linkLocalAddress('52:54:00:12:34:56'), 'fe80::5054:ff:fe12:3456');
  t.equal(linkLocalAddress('02:00:00:00:00:01'), 'fe80::0:ff:fe00:1');
});
