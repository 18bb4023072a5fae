export const AGENT_VERSION = '0.1.0';

/** When this version was made: a clock that shows an earlier time is wrong. */
export const RELEASED_AT = Date.UTC(2026, 10, 20);
