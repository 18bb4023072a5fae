/** The table of lines by keyboard: arrows move, Enter opens, `/` searches, arrows in the search field lead into the table. */
export function startRows(): void {
  const table = document.querySelector<HTMLElement>('[data-rows]');
  const search = document.querySelector<HTMLInputElement>('[data-search]');
  const links = [...(table?.querySelectorAll<HTMLAnchorElement>('tbody th a') ?? [])];
  search?.setSelectionRange(search.value.length, search.value.length);
  for (const link of links) {
    link.addEventListener('focus', () => link.closest('tr')?.classList.add('here'));
    link.addEventListener('blur', () => link.closest('tr')?.classList.remove('here'));
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/' && search && !isTyping(event.target)) {
      event.preventDefault();
      search.focus();
      search.select();
      return;
    }
    const next = nextRow(event, links, search);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

/** What the key leads to from where the focus is. */
function nextRow(
  { key, target }: KeyboardEvent,
  links: readonly HTMLAnchorElement[],
  search: HTMLElement | null,
): HTMLElement | null | undefined {
  if (isTyping(target) && (target !== search || key.length === 1)) return undefined;
  const at = target instanceof HTMLAnchorElement ? links.indexOf(target) : -1;
  if (DOWN.has(key)) return links[at + 1];
  if (at < 0) return undefined;
  if (UP.has(key)) return links[at - 1] ?? search;
  return new Map([
    ['Home', links.at(0)],
    ['End', links.at(-1)],
  ]).get(key);
}

const DOWN = new Set(['ArrowDown', 'j']);
const UP = new Set(['ArrowUp', 'k']);

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(input|textarea|select)$/i.test(target.tagName);
}
