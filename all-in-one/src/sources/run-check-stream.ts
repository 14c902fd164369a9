import { type Conformance, checkStream, findingsOf } from '@vitrine/harvester/check-stream.ts';
import { fetchDocument } from '@vitrine/harvester/fetch-document.ts';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { listOf } from '@vitrine/platform/platform-config.ts';
import type { VitrineConfig } from '../config.ts';
import type { Say } from '../show-progress.ts';
import type { CheckStreamCommand } from './source-arguments.ts';

const TOLD_EVERY = 50;

/** Judges a publisher's stream and prints what was found. Answers whether it keeps every MUST of the specification. */
export async function runCheckStream(
  { address, pages }: CheckStreamCommand,
  config: VitrineConfig,
  say: Say,
  signal: AbortSignal,
): Promise<boolean> {
  const outbound = createOutboundHttp({
    // Who names an inner address on the command line means it.
    allowedOrigins: new Set([...listOf(config.VITRINE_ALLOWED_ORIGINS), new URL(address).origin]),
    timeout: config.VITRINE_OUTBOUND_TIMEOUT * 1000,
    atOnce: 1,
    userAgent: 'Vitrine check-stream',
  });
  try {
    const conformance = await checkStream(address, {
      fetch: fetchDocument(outbound, config.VITRINE_RECORD_MAX_BYTES),
      now: () => new Date(),
      most: pages,
      signal,
      progress: (read) => {
        if (read % TOLD_EVERY === 0) say.progress(`${read} pages`, { pages: read });
      },
    });
    tell(conformance, say);
    return findingsOf(conformance, 'must').length === 0;
  } finally {
    await outbound.close();
  }
}

function tell(conformance: Conformance, say: Say): void {
  const { address, level, order, pages, whole, bytes, seconds, activities } = conformance;
  const counts = Object.entries(activities).map(([type, count]) => `${count} ${type}`);
  const read = `${pages} pages${whole ? '' : ' and no further'}, ${Math.round(bytes / 1000)} kB in ${seconds.toFixed(1)} s`;
  say.line('stream', `${address}: level ${level}, ${order ?? 'in no order that shows'}; ${read}; ${counts.join(', ') || 'no activities'}`, {
    address,
    level,
    order,
    pages,
    whole,
    bytes,
    seconds,
    activities,
  });
  for (const [weight, title] of [
    ['must', 'MUST'],
    ['should', 'SHOULD'],
    ['note', 'note'],
  ] as const)
    for (const finding of findingsOf(conformance, weight))
      say.line(
        'finding',
        `${title.padEnd(6)} ${finding.clause.padEnd(5)} ${finding.title} (${finding.count}${finding.example ? `, as ${finding.example}` : ''})`,
        finding,
      );
  const against = findingsOf(conformance, 'must').length;
  const advice = findingsOf(conformance, 'should').length;
  const verdict =
    against === 0 ? `keeps every MUST that can be seen from outside${whole ? '' : ' on these pages'}` : `breaks ${against} MUST`;
  say.line('verdict', `IIIF Change Discovery 1.0: it ${verdict}, and ${advice} SHOULD are not followed.`, {
    must: against,
    should: advice,
  });
}
