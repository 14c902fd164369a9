// npm run e2e [-- COMMAND]: the scenario, disturbed in every way that a command names, each run ending in the state of the undisturbed one.

import { parseArgs } from 'node:util';
import { playCompose } from './compose/play-compose.ts';
import { playFaults } from './compose/play-faults.ts';
import { playUpgrade } from './compose/play-upgrade.ts';
import { playHarvestKills } from './harvest/play-harvest-kills.ts';
import { playPublisher } from './harvest/play-publisher.ts';
import { playKills } from './kills.ts';
import { Tally } from './tally.ts';
import { playValidator } from './validator/play-validator.ts';
import { playViewers } from './viewers/play-viewers.ts';

const USAGE = `npm run e2e                              one process, killed at 30 random moments
            -- kills --kills N --seed S
            -- compose --short            docker-compose.yml, undisturbed
            -- compose [NAME...]          and each container killed in turn (kill-NAME), each engine stopped for 30 s (stop-NAME),
                                     replicas (scale), one that sleeps through its lease (pause-harvester)
            -- faults [LINK-FAULT...]     and with each fault on the wire of each link
            -- upgrade                    from the former release and back, one service at a time
            -- publisher --seeds N --seed S   a museum that misbehaves by its seed, harvested to the same objects as without
            -- harvest-kills --kills N --each N --records N --seed S   a harvest, killed so often each time
            -- validator                  the IIIF image validator, every test, in both versions of the Image API; our manifests by iiif-prezi3 and iiif_prezi
            -- viewers                    Mirador and Universal Viewer in headless Chromium (CHROMIUM names another) open what two museums published, and search in it (SCREENSHOTS names a folder for pictures)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string' },
    seed: { type: 'string' },
    each: { type: 'string', default: '10' },
    records: { type: 'string', default: '20000' },
    seeds: { type: 'string', default: '50' },
    short: { type: 'boolean', default: false },
  },
});
const [command = 'kills', ...names] = positionals;
const tally = new Tally();
if (command === 'kills') await playKills(tally, Number(values.kills ?? 30), Number(values.seed ?? Date.now() % 1_000_000));
else if (command === 'harvest-kills')
  await playHarvestKills(tally, {
    kills: Number(values.kills ?? 100),
    each: Number(values.each),
    records: Number(values.records),
    seed: Number(values.seed ?? 1),
  });
else if (command === 'publisher') await playPublisher(tally, Number(values.seeds), Number(values.seed ?? 1));
else if (command === 'compose') await playCompose(tally, { short: values.short, names });
else if (command === 'faults') await playFaults(tally, names);
else if (command === 'upgrade') await playUpgrade(tally);
else if (command === 'validator') await playValidator(tally);
else if (command === 'viewers') await playViewers(tally);
else {
  process.stderr.write(USAGE);
  process.exit(2);
}
process.exitCode = tally.sum();
