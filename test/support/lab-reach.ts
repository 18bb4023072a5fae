import type { Reach } from '../../gateway-server/outbound/reach.ts';

/** 127.0.0.0/8 is listed, 10.0.0.0/8 is private, 198.51.100.1 is the gateway's own. */
export const LAB_REACH: Reach = {
  mayCall: (address) => !address.startsWith('10.') && address !== '198.51.100.1',
  isListed: (address) => address.startsWith('127.'),
};
