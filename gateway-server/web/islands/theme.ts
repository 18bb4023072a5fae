/** Light or dark as the system has it, or as somebody wants it here: kept by the browser alone, no cookie. */
const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const KEY = 'porchlight-theme';

/** Brings the switch in the page's head to life. */
export function startTheme(): void {
  show(kept());
  const button = document.querySelector<HTMLButtonElement>('[data-theme-switch]');
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(kept()) + 1) % THEMES.length] ?? 'auto';
    localStorage.setItem(KEY, next);
    show(next);
  });
}

function kept(): Theme {
  const name = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === name) ?? 'auto';
}

function show(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  const words = `Light or dark: ${{ auto: 'as the system has it', light: 'light', dark: 'dark' }[theme]}`;
  const button = document.querySelector<HTMLElement>('[data-theme-switch]');
  button?.setAttribute('aria-label', words);
  if (button) button.title = words;
}
