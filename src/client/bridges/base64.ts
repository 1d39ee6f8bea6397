/** Bytes of base64 (RFC 4648 §4). @throws DOMException for what is none */
export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
