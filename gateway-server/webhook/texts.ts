/** What the owner of a webhook reads about it. */
export const webhookTexts = {
  refused: {
    unreadable: 'This is no web address: give one as https://example.org/hook.',
    tooLong: (most: number) => `The address is too long: ${most} characters are the most.`,
    scheme: 'The address must begin with https://.',
    plain:
      'Plain http:// is for addresses that the provider allows (addresses.allow): give https:// instead.',
    credentials: 'Leave user name and password out of the address: deliveries are signed instead.',
    localName: 'This name is not reachable from the Internet: give a full name such as hooks.example.org.',
    address: 'This address is private or belongs to the gateway: it cannot be called from here.',
    events: 'Choose at least one event.',
    tooMany: (most: number) => `There are ${most} webhooks already: remove one first.`,
    unavailable: 'The webhook could not be kept at this moment. Please try again in a minute.',
  },
  outcome: {
    answered: (status: number) => `answered ${status}`,
    redirect: (status: number) => `answered ${status}: redirects are not followed, give the final address`,
    gone: 'answered 410: the receiver wants no more deliveries',
    refused: (why: string) => `not called: ${why}`,
    unreachable: (why: string) => `not reached: ${why}`,
    tooLate: (seconds: number) => `no answer within ${seconds} s`,
    unknown: 'there is no such webhook',
    tooOften: (seconds: number) => `tried often enough: wait ${seconds} s`,
    stopping: 'the gateway is stopping',
    broken: 'the delivery could not be made here; this is our fault',
  },
} as const;
