import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { COMPRESSION } from '@vitrine/pyramid/pyramid-level.ts';
import type { Admission } from './admission.ts';
import type { ClientBudget } from './client-budget.ts';
import { isGrey } from './decode-region.ts';
import { canonicalPath } from './domain/canonical-path.ts';
import { demandFormatSize } from './domain/demand-format-size.ts';
import type { ApiVersion, ImageRequest } from './domain/image-request.ts';
import type { Limits } from './domain/limits.ts';
import { type PixelPlan, planPixels } from './domain/plan-pixels.ts';
import { requestCost } from './domain/request-cost.ts';
import { type ResolvedRequest, resolveRequest } from './domain/resolve-request.ts';
import { joinNow, joinStored } from './join-stored.ts';
import type { OpenPyramid } from './open-pyramid.ts';
import { type RenderTools, renderPixels } from './render-pixels.ts';
import type { ResultCache } from './result-cache.ts';
import type { Derivative } from './stores.ts';

/** What a request means for one derivative. */
export type PixelAnswer = {
  readonly request: ImageRequest;
  readonly resolved: ResolvedRequest;
  readonly plan: PixelPlan;
  /** Image API 3.0, 4.8. */
  readonly canonical: string;
};

/** @throws Problem `image-request-invalid`, `image-size-exceeds-limit` */
export function planAnswer(
  request: ImageRequest,
  derivative: Derivative,
  pyramid: OpenPyramid,
  limits: Limits,
  api: ApiVersion,
): PixelAnswer {
  const resolved = resolveRequest(request, derivative, limits);
  demandFormatSize(request.format, request.rotation, resolved.size);
  const plan = planPixels(request, resolved, pyramid.levels, derivative);
  return { request, resolved, plan, canonical: canonicalPath(request, resolved, derivative, isGrey(pyramid.levels[0]), api) };
}

export type AnswerTools = RenderTools & {
  readonly admission: Admission;
  readonly results: ResultCache;
  readonly budget: ClientBudget;
  readonly blobs: Pick<Blobs, 'read'>;
};

/** Who asks: the address of the client, and a signal that aborts when it has gone. */
export type Asking = { readonly address: string; readonly signal: AbortSignal };

/**
 * The bytes of an answer: stored tiles as they lie in the file, one or several, everything else made from the nearest level.
 *
 * @throws Problem `derivative-damaged`, `port-unavailable`, `too-many-requests`, `client-budget-spent`, `image-too-costly`,
 *   `image-takes-too-long`, `request-gone`
 */
export async function answerPixels(
  { request, resolved, plan, canonical }: PixelAnswer,
  pyramid: OpenPyramid,
  tools: AnswerTools,
  { address, signal }: Asking,
): Promise<Buffer> {
  const { admission, results, budget } = tools;
  const key = { derivative: pyramid.key, canonical };
  if (plan.kind === 'thumbnail') return results.get(key, signal, () => tools.blobs.read(plan.key), 'memory');
  if (plan.kind === 'stored' && pyramid.passes(plan.level, plan.tile, resolved.size)) {
    return (
      pyramid.tileNow(plan.level, plan.tile, resolved.size) ??
      results.get(key, signal, () => pyramid.tile(plan.level, plan.tile, resolved.size), 'memory')
    );
  }
  if (plan.kind === 'joined') {
    const task = { ...plan, size: resolved.size };
    return joinNow(pyramid, task) ?? results.get(key, signal, () => joinStored(pyramid, task), 'memory');
  }
  const rectangle = plan.kind === 'decoded' ? plan.rectangle : tileRectangle(pyramid, plan);
  const level = pyramid.levels[plan.level];
  const cost = requestCost(request, rectangle, resolved, level?.compression === COMPRESSION.jpeg2000 ? level : undefined);
  // Whoever asks pays, also for what another has begun: a refusal is then nobody else's.
  admission.demand(cost);
  if (!results.known(key)) budget.spend(address, cost.pixels);
  return results.get(key, signal, (wanted) =>
    admission.run(cost, wanted, () => renderPixels({ pyramid, level: plan.level, rectangle, request, resolved, cost }, tools)),
  );
}

function tileRectangle({ levels }: OpenPyramid, { level: index, tile }: { level: number; tile: number }) {
  const { across = 1, tileWidth = 1, tileHeight = 1, width = 1, height = 1 } = levels[index] ?? {};
  const x = (tile % across) * tileWidth;
  const y = Math.floor(tile / across) * tileHeight;
  return { x, y, width: Math.min(tileWidth, width - x), height: Math.min(tileHeight, height - y) };
}
