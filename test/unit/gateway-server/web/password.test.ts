import { describe, expect, test } from 'vitest';
import { Argon2Hasher, NOBODYS_HASH, passwordProblem } from '../../../../gateway-server/web/password.ts';

describe('argon2id', () => {
  test('keeps a password in the PHC format with what OWASP asks for, and knows it again however it was typed', async () => {
    const hasher = new Argon2Hasher();
    const hash = (await hasher.hash('caf\u00e9 on the porch')) ?? '';
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(await hasher.matches(hash, 'cafe\u0301 on the porch')).toBe(true);
    expect(await hasher.matches(hash, 'cafe on the porch')).toBe(false);
    expect(await hasher.hash('caf\u00e9 on the porch')).not.toBe(hash);
  });

  test('costs what the hash itself says, so that those of before stay good when new ones cost more', async () => {
    const [before, after] = [
      new Argon2Hasher({ memoryKib: 64, passes: 1, lanes: 2 }),
      new Argon2Hasher({ memoryKib: 128, passes: 2, lanes: 1 }),
    ];
    for (const [one, other] of [
      [before, after],
      [after, before],
    ] as const) {
      const hash = (await one.hash('lamp on the porch')) ?? '';
      expect(await other.matches(hash, 'lamp on the porch')).toBe(true);
      expect(await other.matches(hash, 'lamp on the perch')).toBe(false);
    }
    const hash = (await before.hash('lamp on the porch')) ?? '';
    expect(hash).toContain('$m=64,t=1,p=2$');
    expect([before.isWeak(hash), after.isWeak(hash)]).toEqual([false, true]);
    expect(before.isWeak((await after.hash('lamp on the porch')) ?? '')).toBe(false);
  });

  test.each([
    '',
    'plain',
    `$argon2id$v=19$m=4,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
    `$argon2id$v=19$m=9999999,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
    `$argon2i$v=19$m=64,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
    `$argon2id$v=19$m=64,t=0,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  ])('lets no password fit a hash that is none of ours: %s', async (hash) => {
    expect(await new Argon2Hasher().matches(hash, '')).toBe(false);
  });

  test('computes a hash for nobody too, and no password fits it', async () => {
    expect(await new Argon2Hasher().matches(NOBODYS_HASH, '')).toBe(false);
    expect(NOBODYS_HASH).toContain('$m=19456,t=2,p=1$');
  });

  test('turns away at once what would have to wait behind thirty-two others, and goes on afterwards', async () => {
    const hasher = new Argon2Hasher();
    const all = Array.from({ length: 36 }, () => hasher.matches(NOBODYS_HASH, 'guess'));
    expect(await Promise.race([all[35], all[0]])).toBeUndefined();
    expect((await Promise.all(all)).filter((outcome) => outcome === undefined)).toHaveLength(2);
    expect(await hasher.matches(NOBODYS_HASH, 'guess')).toBe(false);
  }, 5_000);
});

describe('a new password', () => {
  test.each(['too short', 'x'.repeat(201), 'password1234', 'qwertz12345', 'alice12345', 'aaaaaaaaaabc'])(
    'may not be %s',
    (password) => expect(passwordProblem(password, 'alice')).toEqual(expect.any(String)),
  );

  test.each(['lamp on the porch', 'alice sits on the porch', 'Ünïcödé 10', 'x1y2z3'.repeat(33)])(
    'may be %s',
    (password) => expect(passwordProblem(password, 'alice')).toBeNull(),
  );
});
