import { expect, test } from 'vitest';
import { PreviewedFiles } from '../../../../gateway-server/portal/previewed-files.ts';
import type { Offer } from '../../../../gateway-server/subscriber/shelf.ts';
import { ALICE } from '../../../support/stored-lines.ts';

test('a file is found once its line was previewed, and no longer when it was deleted', () => {
  const offer: Offer = {
    id: 'o1',
    line: ALICE,
    role: 'picture',
    name: 'a',
    mediaType: 'image/png',
    bytes: 1,
    at: 1,
  };
  const offers = [offer];
  const files = new PreviewedFiles({
    offers: () => offers,
    offer: (_line, id) => offers.find((each) => each.id === id),
  });
  expect(files.offer('o1')).toBeUndefined();
  files.show(ALICE);
  expect(files.offer('o1')).toBe(offer);
  offers.pop();
  expect(files.offer('o1')).toBeUndefined();
});
