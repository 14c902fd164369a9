import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import { isNode } from '@vitrine/mapping/json-node.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { sharedFixtures } from '@vitrine/platform/shared-fixtures.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import type { Tally } from '../tally.ts';
import { VitrineProcess } from '../vitrine-process.ts';
import { playManifests } from './play-manifests.ts';

const execute = promisify(execFile);
const PACKAGES = ['iiif-validator==1.0.5', 'pylibmagic==0.5.0', 'iiif-prezi3==3.1.1', 'iiif-prezi==0.3.0', 'PyLD==3.3.0'];
/** Its test image: a thousand pixels square, a hundred squares of known colours. */
const IMAGE = '67352ccc-d1b0-11e1-89ae-279075081939.png';
/** Every test, the optional ones too. */
const LEVEL = 3;

/**
 * Tests that want something else than the specification says. Image API 3.0, 4.2: `!w,h` gives an image "as large as possible but not larger than
 * the extracted region", where the first wants a 400; `^max` is "scaled to the maximum size permitted", where the second wants the region's own.
 */
const AGAINST_THE_SPECIFICATION: readonly string[] = ['size_noup', 'size_up'];

/** The IIIF image validator (PyPI) against an image that went through the whole line, in both versions of the Image API; then the libraries for manifests. */
export async function playValidator(tally: Tally): Promise<void> {
  const fixtures = sharedFixtures({ ...process.env, VITRINE_REQUIRE_FIXTURES: '1' }) ?? '';
  const folder = await temporaryFolder();
  const python = join(folder.path, 'python');
  tally.say('installs the validator');
  await execute('python3', ['-m', 'venv', python]);
  await execute(join(python, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
  const publisher = await openPublisher(await freePort());
  const server = new VitrineProcess({ data: join(folder.path, 'data'), port: await freePort(), stream: publisher.stream });
  try {
    await server.start();
    const master = { type: 'image/png', read: () => readFile(join(fixtures, 'images', IMAGE)) };
    publisher.museum.publish({ id: 'squares', title: 'Squares', images: [{ id: 'squares', master }] });
    const image = 'museum-squares-squares';
    await until('the image is there', async () => (await fetch(`${server.base}/iiif/image/3/${image}/info.json`)).status === 200);
    for (const [version, prefix] of [
      ['3.0', 'iiif/image/3'],
      ['2.0', 'iiif/image/2'],
    ] as const) {
      const host = new URL(server.base).host;
      const words = ['-s', host, '-p', prefix, '-i', image, `--version=${version}`, `--level=${LEVEL}`, '--verbose'];
      const said = await execute(join(python, 'bin/python'), [join(import.meta.dirname, 'validate.py'), join(python, 'bin'), ...words], {
        maxBuffer: 16 * 1024 * 1024,
      }).catch((failed: { stdout: string; stderr: string }) => failed);
      judge(tally, version, `${said.stdout}${said.stderr}`);
    }
    const manifest: unknown = await (await fetch(`${server.base}/iiif/presentation/3/manifests/museum-squares`)).json();
    const published = isNode(manifest) ? [manifest] : [];
    await playManifests({ tally, fixtures, folder: folder.path, python: join(python, 'bin/python'), published });
  } finally {
    await server.stop().catch(() => {});
    await publisher.close();
    await folder.remove();
  }
}

/** Each test is told of; only the two that contradict the specification may fail, and only in 3.0, where they do. */
function judge(tally: Tally, version: string, output: string): void {
  const results = [...output.matchAll(/^\[\d+\] test (\w+) (PASS|FAIL)/gm)].map(([, name = '', result]) => ({
    name,
    passed: result === 'PASS',
  }));
  if (results.length < 40) {
    tally.failed(`${version}: the validator ran ${results.length} tests\n${output.slice(-3000)}`);
    return;
  }
  const contradicting = version === '3.0' ? AGAINST_THE_SPECIFICATION : [];
  for (const { name, passed } of results) {
    if (passed) tally.passed(`${version} ${name}`);
    else if (contradicting.includes(name)) tally.say(`left: ${version} ${name} wants what Image API 3.0, 4.2 excludes`);
    else tally.failed(`${version} ${name}\n${output.slice(output.indexOf(`test ${name} FAIL`)).slice(0, 1500)}`);
  }
}
