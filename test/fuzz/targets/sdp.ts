import { finishAnswer } from '../../../src/connection/webrtc/answer.ts';
import { readOffer, sameFingerprint } from '../../../src/connection/webrtc/offer.ts';
import { VIDEO_CODECS } from '../../../src/contract/formats.ts';
import { coded } from '../coded.ts';
import { damagedText } from '../damaged.ts';
import { CHROME_OFFER, FIREFOX_OFFER } from '../sample-offers.ts';
import { fuzzTarget } from '../target.ts';

/** Reading of session descriptions: an offer, or `invalid_offer`. */
export const sdp = fuzzTarget<string>({
  name: 'sdp',
  runsInSuite: 1000,
  inputs: damagedText(CHROME_OFFER, FIREFOX_OFFER),
  attempt(offer) {
    for (const codec of VIDEO_CODECS) coded(['invalid_offer'], () => readOffer(offer, codec));
    sameFingerprint(offer, CHROME_OFFER);
    finishAnswer(offer, '198.51.100.7');
  },
});
