/** The words of the portal that stand in more than one place, or that code picks. */
export const texts = {
  links: [
    { path: '/', text: 'Home' },
    { path: '/messages', text: 'Messages' },
    { path: '/page', text: 'Page' },
    { path: '/files', text: 'Files' },
    { path: '/account', text: 'Account' },
  ],

  states: {
    live: 'Live',
    queued: 'Coming back',
    suspect: 'Quiet',
    offline: 'Off-line',
    unknown: 'Not heard yet',
  },

  /** Why visitors get to the gateway. */
  reasons: {
    farewell: 'your router said good-bye',
    silent: 'neither your router nor its address answered',
    unproven: 'the address answered, but your router did not',
    'address-taken': 'another line got the address',
    suspended: 'the line is suspended',
    rehearsal: 'you are rehearsing',
  },

  notices: {
    'page-kept': { words: 'Your page is kept. Visitors see it when the line is off.', isBad: false },
    'rehearsal-ended': {
      words: 'The rehearsal is over. Your name leads to your line again in a moment.',
      isBad: false,
    },
    'not-live': {
      words:
        'There is nothing to rehearse: your name does not lead to your line at the moment, so visitors see your page already.',
      isBad: true,
    },
    'file-kept': { words: 'The file is kept.', isBad: false },
    'file-removed': { words: 'The file is deleted.', isBad: false },
    'marked-unread': { words: 'The message is marked as unread.', isBad: false },
    restored: { words: 'The message is back.', isBad: false },
    'token-revoked': { words: 'The token opens nothing any more.', isBad: false },
    'webhook-removed': { words: 'The webhook is removed.', isBad: false },
    erased: {
      words:
        'Everything of yours is deleted. Messages are wiped from the disk within a day, the rest is gone already.',
      isBad: false,
    },
  },

  uploads: {
    nothing: 'Choose a file first.',
    notPicture: 'A picture for the page must be PNG, JPEG, GIF, WebP or AVIF. Nothing was kept.',
    notSound: 'A greeting must be a sound or a video, such as MP3, M4A, OGG, WebM or MP4. Nothing was kept.',
    tooLarge: (room: string) =>
      `Nothing was kept: that is more than the room that is left (${room}). Delete something first, or choose a smaller file.`,
    tooMany: 'Nothing was kept: there are as many files as there can be. Delete one first.',
    'broken-off': 'The file did not arrive whole, and nothing was kept. Please try again.',
    unavailable:
      'Nothing was kept: the gateway cannot write at the moment, and that is our fault. Please try again in a minute.',
  },

  page: {
    tooLong: (count: number, most: number) =>
      `Not kept yet: this has ${count} characters, and at most ${most} fit. It is still here, shorten it.`,
    tooLarge: 'Not kept yet: the HTML is larger than 256 kB. It is still here, shorten it.',
    unavailable:
      'Not kept yet: the gateway cannot write at the moment, and that is our fault. Try again in a minute.',
  },

  somebody: 'Somebody without a name',
} as const;
