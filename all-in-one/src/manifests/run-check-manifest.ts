import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchDocument } from '@vitrine/harvester/fetch-document.ts';
import type { Fault } from '@vitrine/manifest/domain/gate/classes.ts';
import { presentationFaults } from '@vitrine/manifest/domain/gate/presentation-faults.ts';
import { asPresentation3 } from '@vitrine/mapping/iiif/as-presentation-3.ts';
import { isPresentation2 } from '@vitrine/mapping/iiif/upgrade/upgrade-presentation.ts';
import { isNode } from '@vitrine/mapping/json-node.ts';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { listOf } from '@vitrine/platform/platform-config.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { VitrineConfig } from '../config.ts';
import type { Say } from '../show-progress.ts';

export type CheckManifestCommand = {
  readonly name: 'check-manifest';
  /** Files, folders, addresses. */
  readonly names: readonly string[];
  readonly json: boolean;
};

const ACCEPT =
  'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json", application/ld+json;q=0.9, application/json;q=0.8';
const TOLD_EVERY = 100;

/** The gate before publishing by itself, for manifests and collections of Presentation 3.0; those of 2 are upgraded first. Answers whether all may pass. */
export async function runCheckManifest(
  { names }: CheckManifestCommand,
  config: VitrineConfig,
  say: Say,
  signal: AbortSignal,
): Promise<boolean> {
  let [checked, faulty] = [0, 0];
  let last: { readonly place: string; readonly version: 2 | 3 } | undefined;
  for (const name of names)
    for await (const { place, bytes } of documentsOf(name, config, signal)) {
      signal.throwIfAborted();
      const { faults, version } = judge(await bytes());
      checked++;
      if (faults.length > 0) faulty++;
      for (const { pointer, sentence } of faults)
        say.line('fault', `${place}${pointer === '' ? '' : ` ${pointer}`}: ${sentence}`, { place, pointer, sentence });
      last = { place, version };
      if (checked % TOLD_EVERY === 0) say.progress(`${checked} checked, ${faulty} with faults`, { checked, faulty });
    }
  if (checked === 0) throw new Problem('configuration-invalid', { detail: `${names.join(', ')}: no JSON in it` });
  if (checked === 1 && faulty === 0 && last)
    say.line('valid', `${last.place}: valid${last.version === 2 ? ', as version 3 of what version 2 says' : ''}`, last);
  if (checked > 1) say.line('verdict', `${checked} checked, ${faulty} with faults.`, { checked, faulty });
  return faulty === 0;
}

function judge(bytes: Buffer): { readonly faults: readonly Fault[]; readonly version: 2 | 3 } {
  let document: unknown;
  try {
    document = JSON.parse(String(bytes).replace(/^\uFEFF/, ''));
  } catch (cause) {
    return { faults: [{ pointer: '', sentence: `it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}` }], version: 3 };
  }
  if (isNode(document) && isPresentation2(document)) return { faults: presentationFaults(asPresentation3(document)), version: 2 };
  return { faults: presentationFaults(document), version: 3 };
}

type Found = { readonly place: string; readonly bytes: () => Promise<Buffer> };

async function* documentsOf(name: string, config: VitrineConfig, signal: AbortSignal): AsyncGenerator<Found> {
  if (/^https?:\/\//.test(name)) {
    yield { place: name, bytes: () => fetched(name, config, signal) };
    return;
  }
  const facts = await stat(name).catch((cause: unknown) => {
    throw new Problem('configuration-invalid', { detail: `${name}: no such file or folder`, cause });
  });
  if (!facts.isDirectory()) {
    yield { place: name, bytes: () => readFile(name) };
    return;
  }
  const entries = await readdir(name, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.json(ld)?$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) yield { place: file, bytes: () => readFile(file) };
}

async function fetched(address: string, config: VitrineConfig, signal: AbortSignal): Promise<Buffer> {
  const outbound = createOutboundHttp({
    // Who names an inner address on the command line means it.
    allowedOrigins: new Set([...listOf(config.VITRINE_ALLOWED_ORIGINS), new URL(address).origin]),
    timeout: config.VITRINE_OUTBOUND_TIMEOUT * 1000,
    atOnce: 1,
    userAgent: 'Vitrine check-manifest',
  });
  try {
    const answer = await fetchDocument(outbound, config.VITRINE_RECORD_MAX_BYTES)(address, ACCEPT, {}, signal);
    if (answer.status !== 'found') throw new Problem('source-unreachable', { detail: `${address} is not there` });
    return answer.body;
  } finally {
    await outbound.close();
  }
}
