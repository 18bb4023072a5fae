import type { RefusalReason } from '../protocol/message.ts';

/** What a refusal means for the person who looks after the router. */
export interface RefusalWords {
  readonly happened: string;
  readonly advice: string;
}

export const REFUSALS: Readonly<Record<RefusalReason, RefusalWords>> = {
  'no-domain-service': {
    happened: 'this line has no domain service',
    advice: 'ask the provider to give the line a domain, or stop the agent',
  },
  'not-your-domain': {
    happened: 'the domain in the settings is not the one of this line',
    advice: 'set `domain` to the name that the provider gave to the line',
  },
  'behind-nat': {
    happened: 'the line has a private address: nobody outside the provider can reach it',
    advice: 'ask the provider for a public address, or put the modem before this router into bridge mode',
  },
  'not-your-address': {
    happened: 'the gateway sees this line under another address than the one it claims',
    advice: 'look for a router or a VPN between this one and the gateway, and check `wan.interface`',
  },
  'address-not-allowed': {
    happened: 'the provider does not give names to addresses of this kind',
    advice: 'check `wan.interface`: it must be the one that faces the provider',
  },
  'address-in-use': {
    happened: 'another line holds this address and answers there',
    advice: 'nothing: it is tried again; if it lasts, tell the provider',
  },
  'duplicate-login': {
    happened: 'another router is logged in as this line',
    advice: 'run the agent on one router only; if there is only one, ask the provider for a new secret',
  },
  'too-many': {
    happened: 'too many registrations in a short time',
    advice: 'nothing: it is tried again later',
  },
  suspended: {
    happened: 'the provider has suspended this line',
    advice: 'ask the provider',
  },
  malformed: {
    happened: 'the gateway did not understand the registration',
    advice: 'report it: agent and gateway do not fit together',
  },
  version: {
    happened: 'the gateway speaks another version of the protocol',
    advice: 'update the agent',
  },
  'try-later': {
    happened: 'the gateway cannot take registrations at the moment',
    advice: 'nothing: it is tried again by itself',
  },
};
