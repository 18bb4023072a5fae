import { expect, test } from 'vitest';
import { Drafts } from '../../../../gateway-server/portal/drafts.ts';
import { NO_PAGE } from '../../../../gateway-server/subscriber/shelf.ts';
import { SESSION } from '../../../support/portal-lab.ts';

test('only the newest hundred drafts are held', () => {
  const drafts = new Drafts();
  const sessions = Array.from({ length: 101 }, (_, index) => ({ ...SESSION, formToken: `s${index}` }));
  for (const session of sessions)
    drafts.keep(session, { page: NO_PAGE, words: session.formToken, tellsSince: true });
  expect(
    sessions.filter((session) => drafts.of(session) === undefined).map(({ formToken }) => formToken),
  ).toEqual(['s0']);
});
