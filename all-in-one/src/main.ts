import { readConfig } from '@vitrine/platform/config.ts';
import { EXIT } from '@vitrine/platform/exit-codes.ts';
import { createLog } from '@vitrine/platform/log.ts';
import { endWithProblem } from '@vitrine/platform/process/end-with-problem.ts';
import { parseCommand, USAGE } from './arguments.ts';
import { vitrineConfig } from './config.ts';
import { requestReplay } from './request-replay.ts';
import { createSay } from './say.ts';
import { start } from './start.ts';

async function run(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  if (command.name === 'help') return void process.stdout.write(USAGE);
  const config = readConfig(vitrineConfig, process.env);
  const say = createSay(process.stdout, command.json);
  if (command.name === 'replay') {
    if (await requestReplay(config, command.dropDerived, say)) return;
    process.stderr.write('No server answers here. Start it with npm start, or name its VITRINE_PORT and VITRINE_DATA.\n');
    process.exit(EXIT.noServer);
  }
  const log = createLog(config.VITRINE_LOG_LEVEL, process.stderr);
  const intervalGiven = process.env['VITRINE_HARVEST_SECONDS'] !== undefined;
  const starting = start({ config, sources: command.sources, log, say, intervalGiven });
  // From the first moment on: an end that is asked for while it starts comes when it has started.
  const end = async () => process.exit((await (await starting).stop()) === 'stopped' ? 0 : EXIT.unexpected);
  process.once('SIGTERM', end).once('SIGINT', end);
  await starting;
}

run().catch((thrown: unknown) => endWithProblem(thrown, process));
