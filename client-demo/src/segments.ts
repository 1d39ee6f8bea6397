import { element } from './dom.ts';

export interface Choice<Value extends string> {
  value: Value;
  label: string;
}

let groups = 0;

/** A row of radio buttons that look like one control; fills `host`, which is the radiogroup. */
export function segments<Value extends string>(
  host: HTMLElement,
  choices: readonly Choice<Value>[],
  selected: Value,
  onChange: (value: Value) => void,
): { select(value: Value): void } {
  const name = `choice-${++groups}`;
  const inputs = new Map<Value, HTMLInputElement>();
  for (const { value, label } of choices) {
    const input = element('input', { type: 'radio', name, value, class: 'visually-hidden' });
    input.checked = value === selected;
    input.addEventListener('change', () => onChange(value));
    inputs.set(value, input);
    host.append(element('label', {}, input, element('span', {}, label)));
  }
  return {
    select(value) {
      const input = inputs.get(value);
      if (input) input.checked = true;
    },
  };
}
