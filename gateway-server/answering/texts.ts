/** Every word that a visitor reads. A translation is another object of this shape. */
export const texts = {
  language: 'en',

  offline: {
    title: (domain: string) => `${domain} is not on-line at the moment`,
    /** Follows the name, which stands large above it. */
    sentence: 'is not on-line at the moment.',
    quietSince: 'The line has been quiet since',
    quietFor: (duration: string) => `(${duration}).`,
    words: 'A note from the owner',
    greeting: 'A greeting from the owner',
    copy: 'The page itself, as it was',
    copiedAt: 'A copy that was made while the line was on, on',
    alone: 'Open it alone',
    files: 'To take along',
    back: 'The line is back.',
    go: 'Go',
    goTo: (domain: string) => `Go to ${domain}`,
  },

  form: {
    heading: 'Leave a message',
    lead: 'It is kept here and handed over when the line is back.',
    name: 'Your name',
    contact: 'How to reach you',
    contactHint: 'E-mail, telephone, whatever suits you.',
    text: 'Message',
    optional: 'optional',
    send: 'Leave a message',
    privacy: 'What you write here is kept, and when. Nothing else about you.',
    trap: 'Leave this field empty',
    recording: 'Or say it',
    recordingLead: 'A voice or video message goes along with your words.',
    voice: 'Record my voice',
    video: 'Record a video',
    stop: 'Stop',
    discard: 'Discard',
    refused: 'No recording: the browser let no microphone or camera be used.',
    recordFile: 'A recording from this device',
    recordingHint: 'Sound or video; what there is room for is told when you send it.',
    emptyText: 'Write a few words: an empty message cannot be kept.',
    tooLong: (length: number, most: number) =>
      `This has ${grouped(length)} characters; at most ${grouped(most)} can be kept.`,
  },

  notKept: {
    title: (domain: string) => `Not kept yet: your message for ${domain}`,
    sentence: 'Your message is not kept yet.',
    mistakes: 'Please look at what is marked below, then send it again. Your words are still here.',
    tooFast: 'That was quicker than people write. Your words are still here: please send them once more.',
    expired: 'This form was open for a long time. Your words are still here: please send them once more.',
    tooMany: (wait: string) =>
      `Many messages came in a short time. Your words are still here: please send them again in ${wait}.`,
    recordingTooLarge: (room: string) =>
      `The recording is too long: there is room for ${room}. Your words are still here; please record it again, shorter.`,
    recordingAgain: 'The recording was not kept either: please attach it again.',
    recordingNoRoom:
      'The recording cannot be kept at this moment, and that is our fault. Your words are still here: send them alone, or attach the recording again later.',
    recordingBroken: 'The recording did not arrive whole. Your words are still here: please attach it again.',
    recordingKind: 'That file is neither sound nor video that can be played here. Your words are still here.',
    full: 'The owner has no room for more messages at present. Your words are still here: copy them, or try again another day.',
    unavailable:
      'Messages cannot be kept at this moment, and that is our fault. Your words are still here: please send them again in a minute.',
  },

  kept: {
    title: (domain: string) => `Kept: your message for ${domain}`,
    heading: 'Your message is kept.',
    whileOff: (domain: string) => `The owner of ${domain} gets it when the line is back.`,
    whenBack: (domain: string) =>
      `The line of ${domain} is back meanwhile; its owner gets the message there.`,
    yours: 'What you wrote',
    from: 'From',
    reach: 'To reach you',
    return: (domain: string) => `Back to ${domain}`,
  },

  notify: {
    heading: 'Tell me when the line is back',
    lead: 'One mail, once, as soon as it is. First you get a mail with a link, so that nobody else can ask for you.',
    email: 'Your e-mail address',
    send: 'Tell me',
    sentTitle: 'Look into your mail',
    sent: (domain: string) =>
      `If that address can get mail, a link is on its way. Open it, and you are told when ${domain} is back.`,
    expiredTitle: 'Please try once more',
    expired:
      'The page was open for too long, or answered too quickly. Open it again with your browser and try once more.',
    badTitle: 'Not an e-mail address',
    bad: 'Nothing was kept. Go back with your browser and look at the address again.',
    tooManyTitle: 'Too many requests',
    tooMany: (wait: string) => `Nothing was kept. Please try again in ${wait}.`,
    unavailableTitle: 'Not possible at this moment',
    unavailable: 'Mail cannot be sent just now, and that is our fault. Please try again in a minute.',
    confirmTitle: 'Shall we tell you?',
    confirmSentence: 'One mail when the line is back, and then your address is forgotten.',
    confirm: 'Yes, tell me',
    confirmedTitle: 'We will tell you',
    confirmed: 'You get one mail when the line is back.',
    goneTitle: 'This link is no longer good',
    gone: 'It was used already, is older than two days, or is not one of ours.',
    cancelTitle: 'Forget your address?',
    cancelSentence: 'Then you are not told when the line is back.',
    cancel: 'Forget it',
    cancelledTitle: 'Your address is forgotten',
    cancelled: 'You get no mail about this line.',
  },

  back: {
    title: (domain: string) => `${domain} is back`,
    sentence: 'The line is back.',
    goingBefore: 'Your computer still has the old address. Going through in ',
    goingAfter: ' s.',
    stopped:
      'Your computer still has the old address and did not get through by itself. Wait a minute, then try again.',
    go: 'Go',
  },

  nobody: {
    title: 'Nobody here by this name',
    heading: 'Nobody here by this name',
    sentence: 'No line answers to the address that you opened. Is it spelled as you meant?',
  },

  nothingHere: {
    title: 'Nothing here',
    heading: 'Nothing here',
    sentence: 'The owner of this name offers nothing at this place. The page itself may tell more.',
  },

  unreadable: {
    title: 'This address cannot be read',
    heading: 'This address cannot be read',
    sentence: 'The request did not say which name it is for. Open the name itself in a browser.',
  },

  leave: {
    title: 'Messages are left here',
    heading: 'Messages are left here',
    sentence: (zone: string) =>
      `The message forms of the names in ${zone} lead to this place. Open the name of whom you want to reach: while its line is off, its page has the form.`,
    unknownTitle: 'Nobody to leave it with',
    unknownHeading: 'Nobody to leave it with',
    unknownSentence:
      'Nothing was kept: no line has the name that this message was for. Go back with your browser to find your words.',
  },

  tooLarge: {
    title: 'Too much at once',
    heading: 'Too much at once',
    sentence:
      'Nothing was kept: that was more than a message may hold (4,000 characters). Go back with your browser to find your words and shorten them.',
  },

  wrongMethod: {
    title: 'Not possible here',
    heading: 'Not possible here',
    sentence: 'This place shows pages and takes messages, nothing else.',
  },

  broken: {
    title: 'Something went wrong here',
    heading: 'Something went wrong here',
    sentence: 'That is our fault, not yours, and nothing was kept. Please try again in a minute.',
  },

  footer: (provider: string) => `Answered by ${provider}`,

  /** The exact time, for a reader whose own time zone is not known. */
  moment: (instant: number) =>
    `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(instant)} UTC`,

  size: (bytes: number) =>
    bytes < 1_000_000
      ? `${Math.max(1, Math.round(bytes / 1_000))} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`,

  /** A length of time in one unit, rounded down; for a wait round up first. */
  duration: (ms: number) => {
    const minutes = Math.floor(ms / 60_000);
    if (minutes < 1) return 'less than a minute';
    if (minutes < 120) return counted(minutes, 'minute');
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? counted(hours, 'hour') : counted(Math.floor(hours / 24), 'day');
  },
} as const;

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function grouped(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}
