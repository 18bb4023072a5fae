import { expect, test } from 'vitest';
import { zoneFile } from '../../../../gateway-server/zone/zone-file.ts';
import { change, sampleZone } from '../../../support/dns-zone.ts';

test("prints the SOA first, then the zone's own records, then the lines' names in order", () => {
  const zone = sampleZone({ ownNames: [change('leave.mwebpages.test').name] });
  zone.apply([change('zoe.mwebpages.test', '192.0.2.80', '192.0.2.81', '2001:db8::80')], 0xffff_ffff);
  expect(zoneFile(zone).replaceAll('\t', ' ')).toBe(
    [
      'mwebpages.test. 30 IN SOA ns1.mwebpages.test. hostmaster.mwebpages.test. 4294967295 60 15 604800 30',
      'mwebpages.test. 3600 IN NS ns1.mwebpages.test.',
      'mwebpages.test. 3600 IN NS ns.other.example.',
      'ns1.mwebpages.test. 3600 IN A 192.0.2.53',
      'ns1.mwebpages.test. 3600 IN AAAA 2001:db8::53',
      'leave.mwebpages.test. 30 IN A 192.0.2.80',
      'leave.mwebpages.test. 30 IN AAAA 2001:db8::80',
      'alice.mwebpages.test. 30 IN A 203.0.113.7',
      'bob.mwebpages.test. 30 IN A 203.0.113.8',
      'bob.mwebpages.test. 30 IN AAAA 2001:db8::8',
      'ftp.carol.mwebpages.test. 30 IN A 203.0.113.9',
      'www.alice.mwebpages.test. 30 IN A 203.0.113.7',
      'zoe.mwebpages.test. 30 IN A 192.0.2.80',
      'zoe.mwebpages.test. 30 IN A 192.0.2.81',
      'zoe.mwebpages.test. 30 IN AAAA 2001:db8::80',
      '',
    ].join('\n'),
  );
});
