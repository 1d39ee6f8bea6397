import { VultusClientError } from '../../src/client/index.ts';
import { byId, element, icon } from './dom.ts';

export interface NoticeAction {
  label: string;
  run: () => void;
}

/** What the user can do beyond the server's own sentence. */
const ADVICE: Record<string, string> = {
  server_unreachable: 'Is the server running? Start it with “npm start”, then try again.',
  connection_lost: 'Check the network, then start again.',
  connect_timeout: 'The server may be busy, or a firewall blocks UDP: try the WebSocket route.',
  unauthorized: 'Open this page with #key=… at the end of its address.',
  at_capacity: 'Other sessions have to end first.',
};

/** The place for what went wrong, with a way on. */
export function showNotice(error: unknown, actions: NoticeAction[] = []): void {
  const host = byId('notice');
  const coded = error instanceof VultusClientError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const text = element('div', { class: 'notice-text' }, element('p', {}, message));
  const advice = coded && ADVICE[coded.code];
  if (advice) text.append(element('p', {}, advice));
  if (coded?.retryAfterS) {
    text.append(element('p', {}, `It may work again in about ${coded.retryAfterS} s.`));
  }
  if (coded) text.append(element('p', { class: 'code' }, coded.code));
  const buttons = actions.map(({ label, run }) =>
    element('button', { class: 'button', type: 'button', onclick: run }, label),
  );
  const dismiss = element(
    'button',
    { class: 'icon-button', type: 'button', 'aria-label': 'Dismiss', onclick: hideNotice },
    icon('close'),
  );
  host.replaceChildren(icon('alert'), text, ...buttons, dismiss);
  host.hidden = false;
}

export function hideNotice(): void {
  byId('notice').hidden = true;
}
