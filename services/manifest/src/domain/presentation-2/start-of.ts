import { isNode, text } from '@vitrine/mapping/json-node.ts';
import type { Loss } from './losses.ts';

/** The canvas of a `start`, which 2.1 calls `startCanvas` (5.2, 5.6): a place within it has no form there. */
export function startOf(start: unknown, lose: (loss: Loss) => void): string | undefined {
  if (!isNode(start)) return undefined;
  if (start['type'] === 'Canvas') return text(start['id']);
  lose('start');
  return text(isNode(start['source']) ? start['source']['id'] : start['source']);
}
