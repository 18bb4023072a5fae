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

  test('computes a hash for nobody too, and no password fits it', async () => {
    expect(await new Argon2Hasher().matches(NOBODYS_HASH, '')).toBe(false);
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
