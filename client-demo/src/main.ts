import { Vultus } from '../../src/client/index.ts';
import { App } from './app.ts';
import { setUpTheme } from './theme.ts';

setUpTheme();
// A server with an API key shows its page to everybody, but works only for who knows the key: `/#key=…`.
const apiKey = new URLSearchParams(location.hash.slice(1)).get('key') ?? undefined;
// The page may be served below a path of a proxy; the API is beside it.
const app = new App(new Vultus({ url: new URL('.', location.href).href, apiKey }));
await app.open();
