import { array, assert, boolean, integer, ipV4, ipV6, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { generalPath } from '../../../../../gateway-server/zone/io/general-path.ts';
import { readMessage } from '../../../../../gateway-server/zone/query.ts';
import { addressRecord } from '../../../../../gateway-server/zone/zone-record.ts';
import { decodeDns, dnsQuery } from '../../../../support/dns-message.ts';
import { address, domain } from '../../../../support/dns-zone.ts';

const name = domain('mwebpages.test');
const anyCase = record({
  isEdns: boolean(),
  dnssecOk: boolean(),
  id: integer({ min: 0, max: 0xffff }),
  addresses: array(ipV4(), { maxLength: 3 }).chain((v4) =>
    array(ipV6(), { maxLength: 3 }).map((v6) => [...v4, ...v6].map(address)),
  ),
});

test('encodes any records so that an independent decoder reads them back', async () => {
  const roundTrip = property(anyCase, ({ isEdns, dnssecOk, id, addresses }) => {
    const reading = readMessage(
      dnsQuery({ name: 'MWEBpages.test', id, ...(isEdns && { edns: { dnssecOk } }) }),
    );
    if (reading.kind !== 'query') throw new Error('not a query');
    const answers = addresses.map((held) => addressRecord(name, 30, held));
    const decoded = decodeDns(
      generalPath.encode({ query: reading.query, name, answers, additional: answers }),
    );
    expect(decoded).toMatchObject({
      id,
      rcode: 0,
      flags: 'qr aa rd',
      questions: [{ name: 'MWEBpages.test' }],
    });
    expect(decoded.edns).toEqual(isEdns ? { size: 1232, version: 0, dnssecOk } : null);
    expect(decoded.answers.map(({ rdata }) => address(rdata))).toEqual(addresses);
    expect(decoded.additional).toEqual(decoded.answers);
  });
  await assert(roundTrip);
});
