import { Site } from '../site.ts';
import type { ComposeProject } from './compose-project.ts';

/** What an operator would be shown as failed, a line each. */
export async function failuresOf(project: ComposeProject): Promise<string[]> {
  const { failures } = (await new Site(project.base).get('/api/v1/failures', { authorization: `Bearer ${await project.token()}` })).json();
  return (Array.isArray(failures) ? failures : []).map((failure: unknown) => JSON.stringify(failure));
}
