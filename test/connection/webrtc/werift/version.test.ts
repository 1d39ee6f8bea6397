import { describe, expect, it } from 'vitest';
import { requireTestedWerift } from '../../../../src/connection/webrtc/werift/version.ts';

describe('requireTestedWerift', () => {
  it('takes the installed version', () => {
    expect(() => requireTestedWerift()).not.toThrow();
  });

  it('refuses another one with a sentence that names both', () => {
    const refusal = expect.objectContaining({
      code: 'dependency_unsupported',
      message: expect.stringMatching(/werift 0\.26\.0 is installed.* 0\.25\.2/),
    });
    expect(() => requireTestedWerift('0.26.0')).toThrow(refusal);
  });
});
