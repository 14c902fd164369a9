import { resolve } from 'node:path';
import { conversionSettings } from '@vitrine/converter/conversion-settings.ts';
import { readConfig } from '@vitrine/platform/config.ts';
import { EXIT } from '@vitrine/platform/exit-codes.ts';
import { createLog } from '@vitrine/platform/log.ts';
import { endWithProblem } from '@vitrine/platform/process/end-with-problem.ts';
import { type ConvertCommand, type ExportCommand, type ExportManifestsCommand, parseCommand, USAGE } from './arguments.ts';
import { type VitrineConfig, vitrineConfig } from './config.ts';
import { convertFiles } from './convert/convert-files.ts';
import { watchFolder } from './convert/watch-folder.ts';
import { bucketTarget } from './export/bucket-target.ts';
import { exportImages } from './export/export-images.ts';
import { exportManifests } from './export/export-manifests.ts';
import { folderTarget } from './export/folder-target.ts';
import { readServer } from './export/read-server.ts';
import { folderSources } from './folder-sources.ts';
import { localAddress } from './local-address.ts';
import { runCheckManifest } from './manifests/run-check-manifest.ts';
import { operatorServer } from './operator-server.ts';
import { requestReplay } from './request-replay.ts';
import { createSay } from './say.ts';
import type { Say } from './show-progress.ts';
import { mapSource } from './sources/map-source.ts';
import { replaySource } from './sources/replay-source.ts';
import { runCheckStream } from './sources/run-check-stream.ts';
import { runSourceCommand } from './sources/run-source-command.ts';
import { start } from './start.ts';

async function run(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  if (command.name === 'help') return void process.stdout.write(USAGE);
  const config = readConfig(vitrineConfig, process.env);
  const say = createSay(process.stdout, command.json);
  const server = operatorServer(config);
  if (command.name === 'replay') {
    const publicUrl = config.VITRINE_PUBLIC_URL ?? `http://localhost:${config.VITRINE_PORT}`;
    return orNoServer(await requestReplay(server, publicUrl, command.dropDerived, say));
  }
  if (command.name === 'replay-source') return orNoServer(await replaySource(command, server, say, interrupted()));
  if (command.name === 'source') return orNoServer(await runSourceCommand(command, server, say));
  if (command.name === 'map') return orNoServer(await mapSource(command, server, say, interrupted()));
  if (command.name === 'check-stream') {
    if (!(await runCheckStream(command, config, say, interrupted()))) process.exitCode = EXIT.nonconforming;
    return;
  }
  if (command.name === 'check-manifest') {
    if (!(await runCheckManifest(command, config, say, interrupted()))) process.exitCode = EXIT.nonconforming;
    return;
  }
  if (command.name === 'export') return exportFrom(command, config, say);
  if (command.name === 'export-manifests') return exportManifestsFrom(command, config, say);
  if (command.name === 'convert' || command.name === 'watch') return convert(command, config, say);
  const log = createLog(config.VITRINE_LOG_LEVEL, process.stderr);
  const intervalGiven = process.env['VITRINE_HARVEST_SECONDS'] !== undefined;
  const starting = start({ config, sources: [...command.sources, ...(await folderSources(command.folders))], log, say, intervalGiven });
  // From the first moment on: an end that is asked for while it starts comes when it has started.
  const end = async () => process.exit((await (await starting).stop()) === 'stopped' ? 0 : EXIT.unexpected);
  process.once('SIGTERM', end).once('SIGINT', end);
  await starting;
}

function orNoServer(answered: boolean): void {
  if (answered) return;
  process.stderr.write('No server answers here. Start it with npm start, or name its VITRINE_PORT and VITRINE_DATA.\n');
  process.exitCode = EXIT.noServer;
}

function interrupted(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ending.abort());
  return ending.signal;
}

async function exportFrom({ to: folder, from, ...command }: ExportCommand, config: VitrineConfig, say: Say): Promise<void> {
  const server = readServer(from ?? localAddress(config), interrupted());
  const { images, unchanged, gone, removed, files } = await exportImages({ ...command, folder, server, say });
  const notes = [
    ...(gone > 0 ? [`${gone} were withdrawn or made anew meanwhile: export again for those.`] : []),
    ...(removed > 0 ? [`${removed} that are shown no more were removed.`] : []),
    `How to serve ${folder}: docs/operations.md`,
  ];
  const facts = { images, unchanged, gone, removed, files };
  say.line('exported', `${images} images in ${files} files, ${unchanged} unchanged. ${notes.join(' ')}`, facts);
}

async function exportManifestsFrom({ to, from }: ExportManifestsCommand, config: VitrineConfig, say: Say): Promise<void> {
  const server = readServer(from ?? localAddress(config), interrupted());
  const target = to.startsWith('s3:') ? await bucketTarget(to) : folderTarget(resolve(to));
  const done = await exportManifests({ target, server, say });
  const { manifests, collections, pages, written, unchanged, removed } = done;
  say.line(
    'exported',
    `${manifests} manifests, ${collections} collections, ${pages} pages of the stream: ${written} files written, ${unchanged} unchanged, ${removed} removed. How to serve ${target.name}: docs/operations.md`,
    done,
  );
}

async function convert({ name, every, json: _, ...command }: ConvertCommand, config: VitrineConfig, say: Say): Promise<void> {
  const ending = new AbortController();
  // A terminal tells both this process and the one that started it, which tells it again: only a third time is meant.
  let told = 0;
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (++told > 2 ? process.exit(EXIT.interrupted) : ending.abort()));
  const options = {
    ...command,
    settings: conversionSettings(config),
    maxPixels: config.VITRINE_MASTER_MAX_PIXELS,
    memoryMegabytes: config.VITRINE_CONVERTER_MEMORY_MB,
    totalMegabytes: config.VITRINE_CONVERTERS_MEMORY_MB,
    seconds: config.VITRINE_CONVERTER_SECONDS,
    say,
    signal: ending.signal,
  };
  try {
    if (name === 'watch') return await watchFolder(options, every);
    const sum = await convertFiles(options);
    const { converted, unchanged, rejected, pages, rejectedPages, masterBytes, derivativeBytes, seconds } = sum;
    const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;
    const words = `${converted} converted (${pages} pages, ${megabytes(masterBytes)} became ${megabytes(derivativeBytes)}), ${unchanged} unchanged, ${rejected} rejected, in ${seconds} s`;
    say.line('converted', words, sum);
    if (rejected + rejectedPages > 0) process.exitCode = EXIT.rejected;
  } catch (thrown) {
    if (!ending.signal.aborted) throw thrown;
    say.line('interrupted', 'Interrupted; the same with --resume goes on.', {});
    process.exitCode = EXIT.interrupted;
  }
}

run().catch((thrown: unknown) => endWithProblem(thrown, process));
