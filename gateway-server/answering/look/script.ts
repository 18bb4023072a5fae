/**
 * What the pages gain where scripts run; without them nothing is missing but comfort. Times are told in the reader's
 * own zone, the way back counts down, and an off-line page notices that the line is back.
 */
export const script = `'use strict';
for (const time of document.querySelectorAll('time[datetime]')) {
  time.title = time.textContent;
  time.textContent = new Date(time.dateTime).toLocaleString([], { dateStyle: 'long', timeStyle: 'short' });
}

const count = document.querySelector('[data-count]');
if (count) {
  const ticking = setInterval(() => {
    count.textContent = String(Math.max(0, Number(count.textContent) - 1));
    if (count.textContent === '0') clearInterval(ticking);
  }, 1000);
}

const status = document.querySelector('[data-status]');
if (status) {
  const EVERY_MS = 10000;
  let waiting;
  const look = async () => {
    if (await isBack()) return tell();
    if (!document.hidden) waiting = setTimeout(look, EVERY_MS);
  };
  // an answer that is not the gateway's comes from the line itself: the name leads there again
  const isBack = async () => {
    try {
      const answer = await fetch('/.porchlight/status', {
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'manual',
      });
      if (answer.status >= 500 || answer.status === 429) return false;
      const told = await answer.json().catch(() => ({}));
      return told.state !== 'off-line' && told.state !== 'nobody';
    } catch {
      return false;
    }
  };
  const tell = () => {
    document.removeEventListener('visibilitychange', resume);
    document.documentElement.dataset.lamp = 'lit';
    for (const news of status.children) news.hidden = false;
  };
  const resume = () => {
    clearTimeout(waiting);
    if (!document.hidden) look();
  };
  document.addEventListener('visibilitychange', resume);
  waiting = setTimeout(look, EVERY_MS);
  // told at once where the connection lasts; a browser or a gateway that has no room for it goes on looking
  if (typeof EventSource !== 'undefined') {
    const events = new EventSource('/.porchlight/events');
    events.addEventListener('live', () => {
      clearTimeout(waiting);
      events.close();
      tell();
    });
  }
}
`;
