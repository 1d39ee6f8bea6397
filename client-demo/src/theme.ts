import { byId, icon } from './dom.ts';
import { change, settings } from './settings.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** The button that switches between light and dark; until it is used the page follows the system. */
export function setUpTheme(): void {
  const button = byId('theme');
  const current = () => (settings.theme === 'system' ? (dark.matches ? 'dark' : 'light') : settings.theme);
  const show = () => {
    if (settings.theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = settings.theme;
    const other = current() === 'dark' ? 'light' : 'dark';
    button.replaceChildren(icon(other));
    button.setAttribute('aria-label', `Switch to the ${other} theme`);
    button.title = `Switch to the ${other} theme`;
  };
  button.addEventListener('click', () => {
    change({ theme: current() === 'dark' ? 'light' : 'dark' });
    show();
  });
  dark.addEventListener('change', show);
  show();
}
