import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const [CIPHER, NONCE_BYTES, TAG_BYTES] = ['aes-256-gcm', 12, 16] as const;

/**
 * What somebody is to bring back later, unread and unchanged: kept by nobody (AES-GCM, NIST SP 800-38D). The key is of
 * this process.
 */
export class Sealed<Value> {
  readonly #key = randomBytes(32);
  readonly #validMs: number;
  readonly #now: () => number;

  constructor(validMs: number, now: () => number = Date.now) {
    this.#validMs = validMs;
    this.#now = now;
  }

  /** In letters that may stand in a header. */
  seal(value: Value): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce);
    const text = JSON.stringify({ untilMs: this.#now() + this.#validMs, value });
    return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString(
      'base64url',
    );
  }

  /** Undefined for what was not sealed here, or too long ago. */
  open(sealed: string): Value | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    try {
      const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      const { untilMs, value } = JSON.parse(text.toString()) as { untilMs: number; value: Value };
      return untilMs > this.#now() ? value : undefined;
    } catch {
      return undefined;
    }
  }
}
