import { describe, expect, test } from 'vitest';
import { Announcements } from '../../../../gateway-server/subscriber/announcements.ts';
import { type Announcement, encodeAnnouncements, MAX_PAYLOAD_BYTES } from '../../../../protocol/message.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

function announcing() {
  const store = new MemoryStore();
  let last = 0;
  const newId = () => `id-${++last}`;
  const announcements = new Announcements({ store, clock: new ManualClock(7), newId }, []);
  const heard: (readonly Announcement[])[] = [];
  announcements.tellAll({ announce: (all) => void heard.push(all) });
  return { store, announcements, heard };
}

describe('announcements', () => {
  test('are stored, then told to everybody', async () => {
    const { store, announcements, heard } = announcing();
    const first = await announcements.announce('  Works on Sunday\n');
    expect(first).toEqual({ id: 'id-1', at: 7, text: 'Works on Sunday' });
    expect(heard).toEqual([[], [first]]);
    expect((await store.load()).announcements).toEqual([first]);
  });

  test('are told to nobody when they could not be stored', async () => {
    const { store, announcements, heard } = announcing();
    store.failWith(new Error('disk full'));
    await expect(announcements.announce('Works')).rejects.toThrow('disk full');
    expect([heard, announcements.current]).toEqual([[[]], []]);
  });

  test('are the newest five, which fit one message at their longest', async () => {
    const { announcements } = announcing();
    for (let turn = 1; turn <= 7; turn++) await announcements.announce(`${turn}`.repeat(600));
    expect(announcements.current.map(({ text }) => text[0])).toEqual(['3', '4', '5', '6', '7']);
    expect(encodeAnnouncements(announcements.current).length).toBeLessThan(MAX_PAYLOAD_BYTES);
  });

  test.each([
    ['empty', '  '],
    ['too long', 'x'.repeat(601)],
    ['too long', 'ü'.repeat(301)],
    ['too long', '"'.repeat(301)],
  ])('that are %s are refused in words', async (what, text) => {
    const { announcements, heard } = announcing();
    expect(await announcements.announce(text)).toEqual({ problem: expect.stringContaining(what) });
    expect(heard).toHaveLength(1);
  });
});
