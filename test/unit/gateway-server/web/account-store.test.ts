import { describe } from 'vitest';
import { sqliteAccounts } from '../../../../gateway-server/store/io/sqlite-accounts.ts';
import { accountStoreContract } from '../../../support/account-store-contract.ts';
import { databaseInMemory } from '../../../support/database-in-memory.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryAccounts } from '../../../support/memory-accounts.ts';

describe('accounts in memory', () => accountStoreContract(() => new MemoryAccounts()));
describe('accounts in SQLite', () =>
  accountStoreContract(() => sqliteAccounts(databaseInMemory(new ManualClock()))));
