/**
 * Says in a machine-readable way that a file was made by AI (EU AI Act Art. 50): an XMP packet with the IPTC
 * digital source type, in the box that the XMP specification part 3 §1.2.7.1 gives it in MP4.
 */

export const AI_LABEL_COMMENT =
  'AI-generated: a synthetic talking head, made with Vultus. Not a recording of a person.';
/** IPTC NewsCodes: "created algorithmically by a model trained on sampled content". */
export const DIGITAL_SOURCE_TYPE = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

const XMP_UUID = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex');

/** A top-level `uuid` box, to be put after the last box of an MP4 file. */
export function aiLabelBox(): Buffer {
  const xmp = Buffer.from(
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>' +
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
      '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" ' +
      `xmlns:dc="http://purl.org/dc/elements/1.1/" Iptc4xmpExt:DigitalSourceType="${DIGITAL_SOURCE_TYPE}">` +
      `<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${AI_LABEL_COMMENT}</rdf:li></rdf:Alt></dc:description>` +
      '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>',
  );
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + XMP_UUID.length + xmp.length);
  header.write('uuid', 4, 'latin1');
  return Buffer.concat([header, XMP_UUID, xmp]);
}
