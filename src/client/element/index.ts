/** `<vultus-avatar>`: importing this defines it. Elsewhere than in a browser it does nothing. */
import { VultusAvatar } from './vultus-avatar.ts';

export { VultusAvatar, type VultusAvatarEvents } from './vultus-avatar.ts';

if (typeof customElements !== 'undefined' && !customElements.get('vultus-avatar'))
  customElements.define('vultus-avatar', VultusAvatar);

declare global {
  interface HTMLElementTagNameMap {
    'vultus-avatar': VultusAvatar;
  }
}
