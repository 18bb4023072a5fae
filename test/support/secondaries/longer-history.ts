import { join } from 'node:path';
import { openSqliteStore } from '../../../gateway-server/store/io/sqlite-store.ts';
import { nextSerial } from '../../../gateway-server/zone/serial.ts';
import { JOURNAL_BATCHES } from '../../../gateway-server/zone/transfer/journal-entry.ts';
import { labelBytes } from '../../../gateway-server/zone/wire.ts';
import { addressBytes, DiffWriter, NO_ADDRESS_BYTES } from '../../../gateway-server/zone/zone-diff.ts';
import { parseIpv4 } from '../../../protocol/address.ts';

/** Puts more batches behind the zone of a gateway that does not run than its journal keeps: one name that comes and goes. */
export async function longerHistory(dataDir: string): Promise<void> {
  const store = openSqliteStore(join(dataDir, 'gateway.sqlite'));
  try {
    const { serial, fingerprint } = await store.load();
    let from = serial;
    // an even number: in the end the name is gone, as if nothing had been
    for (let n = 0; n < JOURNAL_BATCHES + 2; n++) {
      const batch = { from, serial: nextSerial(from), at: n, updates: [], fingerprint: fingerprint ?? '' };
      await store.commitBatch({ ...batch, diff: comesOrGoes(n % 2 === 0) });
      from = batch.serial;
    }
  } finally {
    await store.close();
  }
}

function comesOrGoes(comes: boolean): Uint8Array {
  const address = parseIpv4('127.1.255.1');
  const there = addressBytes(address ? [address] : []);
  const writer = new DiffWriter();
  const key = Buffer.from(labelBytes(['guest']), 'latin1');
  if (comes) writer.add(key, NO_ADDRESS_BYTES, there);
  else writer.add(key, there, NO_ADDRESS_BYTES);
  return writer.diff();
}
