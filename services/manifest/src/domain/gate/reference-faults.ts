import { isNode, type JsonNode, nodes, text, texts } from '@vitrine/mapping/json-node.ts';
import type { Fault } from './classes.ts';

type Placed = { readonly node: JsonNode; readonly pointer: string };

/** What binds the resources of a valid manifest: ids are there once, references lead to something, and what is painted lies on its canvas. */
export function referenceFaults(document: JsonNode): readonly Fault[] {
  if (document['type'] !== 'Manifest') return [];
  const canvases = placed(document, 'items', '');
  const ranges = placed(document, 'structures', '').flatMap(rangesBelow);
  const byId = new Map(canvases.map(({ node }) => [node['id'], node]));
  const rangeIds = new Set(ranges.map(({ node }) => node['id']));
  return [
    ...twice(document, canvases, ranges),
    ...ranges.flatMap((range) => rangeFaults(range, byId, rangeIds)),
    ...startFaults(document, byId),
    ...canvases.flatMap(paintingFaults),
  ];
}

/** 4.1: ids identify: a canvas, a page or an annotation with another's is none. */
function twice(manifest: JsonNode, canvases: readonly Placed[], ranges: readonly Placed[]): readonly Fault[] {
  const pages = canvases.flatMap((canvas) => placed(canvas.node, 'items', canvas.pointer));
  const annotations = pages.flatMap((page) => placed(page.node, 'items', page.pointer));
  const seen = new Set<unknown>([manifest['id']]);
  return [...canvases, ...pages, ...annotations, ...ranges].flatMap(({ node, pointer }) => {
    if (seen.has(node['id']))
      return [{ pointer: `${pointer}/id`, sentence: `${String(node['id'])} is the id of something else in this manifest` }];
    seen.add(node['id']);
    return [];
  });
}

function rangesBelow(range: Placed): readonly Placed[] {
  const below = placed(range.node, 'items', range.pointer).filter(({ node }) => node['type'] === 'Range' && node['items'] !== undefined);
  return [range, ...below.flatMap(rangesBelow)];
}

/** 5.4: what a range names must be in the manifest; a canvas that says whose part it is may be elsewhere. */
function rangeFaults({ node, pointer }: Placed, canvases: ReadonlyMap<unknown, JsonNode>, ranges: ReadonlySet<unknown>): readonly Fault[] {
  return placed(node, 'items', pointer).flatMap(({ node: member, pointer: at }) => {
    const { type, items, partOf, source } = member;
    if (partOf !== undefined) return [];
    if (type === 'Canvas' && !canvases.has(withoutFragment(member['id'])))
      return [{ pointer: at, sentence: `the canvas ${String(member['id'])} is not in this manifest` }];
    if (type === 'Range' && items === undefined && !ranges.has(member['id']))
      return [{ pointer: at, sentence: `the range ${String(member['id'])} is not in this manifest` }];
    const canvas = isNode(source) ? source['id'] : source;
    if (type === 'SpecificResource' && !canvases.has(withoutFragment(canvas)) && !(isNode(source) && source['partOf'] !== undefined))
      return [{ pointer: at, sentence: `the canvas ${String(canvas)} is not in this manifest` }];
    return [];
  });
}

function startFaults({ start }: JsonNode, canvases: ReadonlyMap<unknown, JsonNode>): readonly Fault[] {
  if (start === undefined) return [];
  if (!isNode(start)) return [{ pointer: '/start', sentence: 'start must name a canvas, with id and type' }];
  const { source } = start;
  const canvas = start['type'] === 'SpecificResource' ? (isNode(source) ? source['id'] : source) : start['id'];
  return canvases.has(withoutFragment(canvas))
    ? []
    : [{ pointer: '/start', sentence: `the canvas ${String(canvas)} is not in this manifest` }];
}

function paintingFaults({ node: canvas, pointer }: Placed): readonly Fault[] {
  return placed(canvas, 'items', pointer)
    .flatMap((page) => placed(page.node, 'items', page.pointer))
    .flatMap(({ node: annotation, pointer: at }): readonly Fault[] => {
      // 5.3: "The Annotations must have the motivation painting and the target must be the Canvas".
      if (!texts(annotation['motivation']).includes('painting'))
        return [{ pointer: `${at}/motivation`, sentence: 'what is in the items of a Canvas must have the motivation painting' }];
      const { target } = annotation;
      const source = isNode(target) ? (isNode(target['source']) ? target['source']['id'] : (target['source'] ?? target['id'])) : target;
      if (withoutFragment(source) !== canvas['id'])
        return [{ pointer: `${at}/target`, sentence: `the target must be the canvas ${String(canvas['id'])}` }];
      return isOutside(target, canvas) ? [{ pointer: `${at}/target`, sentence: 'the target lies outside of its canvas' }] : [];
    });
}

/** Whether a region that a fragment names (Media Fragments 1.0, 4.2.2) reaches beyond the canvas. */
function isOutside(target: unknown, { width, height }: JsonNode): boolean {
  const fragment = isNode(target) ? nodes(target['selector']).map(({ value }) => text(value))[0] : text(target);
  const [, x, y, w, h] = /xywh=(?:pixel:)?([\d.]+),([\d.]+),([\d.]+),([\d.]+)/.exec(fragment ?? '') ?? [];
  if (x === undefined || typeof width !== 'number' || typeof height !== 'number') return false;
  return Number(w) <= 0 || Number(h) <= 0 || Number(x) + Number(w) > width + 1 || Number(y) + Number(h) > height + 1;
}

function placed(node: JsonNode, property: string, pointer: string): readonly Placed[] {
  const list = node[property];
  return Array.isArray(list)
    ? list.flatMap((item: unknown, place) => (isNode(item) ? [{ node: item, pointer: `${pointer}/${property}/${place}` }] : []))
    : [];
}

const withoutFragment = (id: unknown): unknown => (typeof id === 'string' ? id.replace(/#.*$/, '') : id);
