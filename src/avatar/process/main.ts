/** The analysis process: what decoders and networks do with strangers' pictures stays in here. */
import { belongToParent, yieldToOthers } from '../../child-process.ts';

belongToParent('vultus-analysis');
yieldToOthers();

// All else comes after: it takes time to load, and starts threads.
const { analysePortraits } = await import('./analyse-portraits.ts');
analysePortraits();
