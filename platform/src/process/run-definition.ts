import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { routes } from '@vitrine/contracts/routes.ts';
import { settingNames } from '@vitrine/contracts/settings.ts';
import type { ServiceName } from '@vitrine/contracts/topics.ts';
import type { Static, TObject } from 'typebox';
import { readConfig } from '../config.ts';
import { EXIT } from '../exit-codes.ts';
import { createLog } from '../log.ts';
import { operatorToken } from '../operator-token.ts';
import { type PlatformConfig, platformConfig } from '../platform-config.ts';
import { Problem } from '../problem.ts';
import type { ServiceDefinition } from '../service-definition.ts';
import { endWithProblem } from './end-with-problem.ts';
import { openProcess } from './open-process.ts';
import { runWorkers, type WorkerPlace } from './run-workers.ts';

const DRAIN = 10_000;

/**
 * One service as several processes behind one port, as many as its settings say.
 *
 * @param count 0 is as many as there are cores
 */
export async function runInWorkers<C extends TObject>(
  definition: ServiceDefinition<C>,
  surroundings: NodeJS.Process,
  count: (config: Static<C>) => number,
): Promise<void> {
  try {
    const { VITRINE_LOG_LEVEL: level } = readConfig(platformConfig, surroundings.env, settingNames);
    const workers = count(readConfig(definition.config, surroundings.env, settingNames)) || availableParallelism();
    const log = createLog(level, surroundings.stderr).child({ service: definition.name });
    await runWorkers({ count: workers, log, surroundings, work: (worker) => runDefinition(definition, surroundings, worker) });
  } catch (thrown) {
    endWithProblem(thrown, surroundings);
  }
}

/**
 * One service as a process of its own, on engines that others share. It ends in order on SIGTERM and SIGINT.
 *
 * @param worker where it is one of several behind a port: the first place alone does the work of the groups, which it can do for all
 */
export async function runDefinition<C extends TObject>(
  definition: ServiceDefinition<C>,
  surroundings: NodeJS.Process,
  worker?: WorkerPlace,
): Promise<void> {
  try {
    const platform = readConfig(platformConfig, surroundings.env, settingNames);
    const config = readConfig(definition.config, surroundings.env, settingNames);
    demandEngines(definition.name, platform);
    const log = createLog(platform.VITRINE_LOG_LEVEL, surroundings.stderr);
    const ending = new AbortController();
    const opening = openProcess({
      config: platform,
      makers: [{ name: definition.name, create: (deps) => definition.create(deps, config) }],
      folder: resolve(platform.VITRINE_DATA),
      log,
      operatorToken: tokenOf(definition.name, platform),
      signal: ending.signal,
      ...(worker ? { replica: worker.replica, hearsOnly: worker.place > 0 } : {}),
    });
    const end = async () => {
      ending.abort();
      setTimeout(() => {
        log.error('not drained in time: what was under way is repeated by the next start');
        surroundings.exit(EXIT.unexpected);
      }, DRAIN).unref();
      // What had not started has nothing to close.
      await opening.then(
        (opened) => opened.close(),
        () => {},
      );
      surroundings.exit(0);
    };
    surroundings.once('SIGTERM', end).once('SIGINT', end);
    const { address } = await opening;
    log.info({ address }, 'started');
  } catch (thrown) {
    endWithProblem(thrown, surroundings);
  }
}

/** @throws Problem `configuration-invalid` where a port is embedded that other processes need too */
function demandEngines(name: ServiceName, config: PlatformConfig): void {
  const shared = ['VITRINE_BUS', 'VITRINE_DOCUMENTS', ...(name === 'search' ? (['VITRINE_INDEX'] as const) : [])] as const;
  const embedded = shared.filter((setting) => config[setting] === 'sqlite:');
  if (embedded.length > 0)
    throw new Problem('configuration-invalid', {
      detail: `${embedded.join(' and ')}: a service of its own needs an engine that the others share; sqlite: is for npm start alone`,
    });
}

function tokenOf(name: ServiceName, { VITRINE_OPERATOR_TOKEN_FILE: file }: PlatformConfig): string {
  const asked = routes.some(({ service, audience }) => service === name && audience === 'operator');
  if (!asked) return randomBytes(24).toString('base64url');
  if (file === undefined)
    throw new Problem('configuration-invalid', {
      detail: `VITRINE_OPERATOR_TOKEN_FILE: ${name} answers operators and must share their token`,
    });
  return operatorToken(file).token;
}
