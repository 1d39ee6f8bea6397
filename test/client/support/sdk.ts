/** All parts of the client as one, for a page. */
export * from '../../../src/client/index.ts';
export * from '../../../src/client/overlay.ts';
export * from '../../../src/client/web-codecs.ts';
