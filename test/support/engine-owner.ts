/** Starts an engine process, tells its id and waits for its own end: a server for tests that kill it. */
import { EngineProcess } from '../../src/engine/pool/engine-process.ts';
import { BUILTIN_PACK } from '../../src/model/pack.ts';

const { pid } = await EngineProcess.start({ packDirectory: BUILTIN_PACK, provider: 'cpu', threads: 1 });
console.log(pid);
setInterval(() => {}, 1000);
