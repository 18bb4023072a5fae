import { expect, test } from 'vitest';
import { StoreUnavailable } from '../../../../gateway-server/store/store.ts';
import { MemoryStore } from '../../../support/memory-store.ts';
import { storeContract } from '../../../support/store-contract.ts';
import { ALICE, ANSWERED, lineNamed } from '../../../support/stored-lines.ts';

storeContract(async () => {
  const store = new MemoryStore();
  return { store, reopen: async () => store, stop: () => store.close() };
});

test('a memory store that was made to fail takes nothing until it is mended', async () => {
  const store = new MemoryStore();
  const cause = new Error('disk full');
  store.failWith(cause);
  await expect(store.putLine(lineNamed(ALICE), ANSWERED)).rejects.toMatchObject({ cause });
  await expect(store.load()).rejects.toThrow(StoreUnavailable);
  store.failWith(null);
  expect((await store.load()).lines).toEqual([]);
});
