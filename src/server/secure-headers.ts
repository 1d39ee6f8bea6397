import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { Config } from '../config.ts';

/**
 * What browsers may do with our answers (CSP level 3, Fetch, Referrer Policy): pages run only what this server serves,
 * other sites neither frame them nor read them, unless they are among `corsOrigins`. HTTPS is the affair of the proxy
 * in front, so nothing asks for it.
 */
export function secureHeaders({ corsOrigins }: Pick<Config, 'corsOrigins'>): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The microphone's worklet is a module made on the spot; the camera's face models run as WebAssembly.
        scriptSrc: ["'self'", 'blob:', "'wasm-unsafe-eval'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'blob:', 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        // Not every browser counts WebSockets of the same host as 'self'.
        connectSrc: ["'self'", 'ws:', 'wss:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'self'"],
      },
    },
    strictTransportSecurity: false,
    crossOriginResourcePolicy: { policy: corsOrigins.length > 0 ? 'cross-origin' : 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  };
}
