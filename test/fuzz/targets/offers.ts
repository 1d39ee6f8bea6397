import { setTimeout as sleep } from 'node:timers/promises';
import { WebRtcConnection } from '../../../src/connection/webrtc/webrtc-connection.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';
import { codedLater } from '../coded.ts';
import { damagedText } from '../damaged.ts';
import { CHROME_OFFER, FIREFOX_OFFER } from '../sample-offers.ts';
import { fuzzTarget } from '../target.ts';

/** Answering of offers: an answer, or `invalid_offer`, and nothing afterwards, when the peer does not come. */
export const offers = fuzzTarget<string>({
  name: 'offers',
  runsInSuite: 60,
  inputs: damagedText(CHROME_OFFER, FIREFOX_OFFER),
  async attempt(offer) {
    const accepted = await codedLater(['invalid_offer'], () =>
      WebRtcConnection.accept(new ScriptedSession(), offer, { voiceInput: 'speak' }),
    );
    if (!accepted) return;
    const { connection, answerSdp } = accepted;
    try {
      // RFC 3264 §6: a section for each of the offer, and something must be left to talk about.
      const [asked, answered] = [offer, answerSdp].map((sdp) => sdp.match(/^m=\w+ \d+/gm) ?? []);
      if (answered.length !== asked.length || answered.every((section) => section.endsWith(' 0')))
        throw new Error(`answered with ${answered.join(', ')}: ${answerSdp}`);
      // Another way is asked for with the same words.
      await codedLater(['invalid_offer', 'session_closed'], () => connection.restart(offer));
    } finally {
      connection.close();
    }
    await sleep(1);
  },
});
