import { backgroundPicture } from '../../src/client/index.ts';
import { element } from './dom.ts';
import { sidesOf } from './formats.ts';
import { showNotice } from './notice.ts';
import { change, settings } from './settings.ts';

const PICTURE = 'picture';
const CHOICES: Readonly<Record<string, string>> = {
  keep: 'Of the portrait',
  blur: 'Out of focus',
  '#31464f': 'Plain',
  [PICTURE]: 'A picture …',
  matte: 'None (overlay)',
};

/** What stands behind the avatar: chosen from a list, where a picture is asked for. */
export function backgroundChoice(onChange: (former: string) => void): HTMLElement {
  const file = element('input', {
    type: 'file',
    accept: 'image/*',
    hidden: true,
    'aria-label': 'Background',
  });
  const select = element('select');
  for (const [value, text] of Object.entries(CHOICES)) select.append(element('option', { value }, text));

  const show = () => {
    select.value = settings.background.startsWith('data:') ? PICTURE : settings.background;
  };
  const choose = (background: string) => {
    const former = settings.background;
    change({ background });
    show();
    onChange(former);
  };
  select.addEventListener('change', () => {
    if (select.value !== PICTURE) return choose(select.value);
    // Until one is chosen, and where none is, it stays as it was.
    show();
    file.value = '';
    file.click();
  });
  file.addEventListener('change', () => {
    const picture = file.files?.[0];
    if (picture) backgroundPicture(picture, sidesOf(settings.size)).then(choose, showNotice);
  });
  show();
  return element('label', { class: 'select' }, element('span', {}, 'Background'), select, file);
}
