import type { VideoCodec } from '../../contract/formats.ts';
import { packetizeAv1 } from './av1-payload.ts';
import { packetizeH264 } from './h264-payload.ts';
import { packetizeVp8 } from './vp8-payload.ts';
import { packetizeVp9 } from './vp9-payload.ts';

/** Payload of one RTP packet: leaves room for headers, SRTP and TURN within an Ethernet MTU. */
const MAX_BYTES = 1180;

/** Encoded pictures of one stream as payloads of RTP packets. */
export class PicturePayloads {
  readonly #codec: VideoCodec;
  #pictureId = 0;

  constructor(codec: VideoCodec) {
    this.#codec = codec;
  }

  of({ data, key }: { data: Uint8Array; key: boolean }): Uint8Array[] {
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    switch (this.#codec) {
      case 'h264':
        return packetizeH264(data, MAX_BYTES);
      case 'vp8':
        return packetizeVp8(data, this.#pictureId, MAX_BYTES);
      case 'vp9':
        return packetizeVp9(data, { key, pictureId: this.#pictureId }, MAX_BYTES);
      case 'av1':
        return packetizeAv1(data, MAX_BYTES);
    }
  }
}
