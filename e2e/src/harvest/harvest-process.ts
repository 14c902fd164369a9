// A harvester alone, to be killed: harvests a stream into a folder, tells its objects when a run has ended and nothing is owed, and ends.

import { until } from '@vitrine/platform/until.ts';
import { objectsOf, openHarvesterAlone, untold } from './harvester-alone.ts';

const [, , folder = '', stream = ''] = process.argv;
const LONG = 30 * 60 * 1000;

const harvester = await openHarvesterAlone(folder, stream);
await until(
  'a run has ended',
  async () => {
    const source = await harvester.stores.sources.get('museum');
    return source !== undefined && source.run === undefined && source.streams.length > 0 && (await harvester.stores.pending.count()) === 0;
  },
  LONG,
);
const state = await objectsOf(harvester, new URL(stream).origin);
const wrong = await untold(harvester);
await harvester.close();
process.send?.({ state, wrong }, () => process.exit());
