import { describe } from 'vitest';

const { PORCHLIGHT_LAB } = process.env;

/** Scenarios on real parts; skipped where no namespaces could be made (whoever started the run has said why). */
export const describeInLab = describe.skipIf(!PORCHLIGHT_LAB);
