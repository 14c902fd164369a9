import { randomUUID } from 'node:crypto';
import { fullReplayRequested, letterReplayRequested } from '@vitrine/contracts/events/replay-requested.ts';
import { outgoing, type Publish } from '@vitrine/platform/events/publisher.ts';
import type { Command, Stores } from './stores.ts';

/** Operators' commands: stored, published, marked (R8). What a crash left stored, sweep() publishes; a command done twice changes nothing. */
export function commandSender({ commands }: Stores, publish: Publish) {
  async function send(id: string, { letter, full }: Command): Promise<void> {
    if (letter) await publish(outgoing(letterReplayRequested, { replay: id, ...letter }, {}, `replay/${id}`));
    if (full) await publish(outgoing(fullReplayRequested, { replay: id, ...full }, {}, `replay/${id}`));
    await commands.update(id, (current) => current && { ...current, state: 'published' });
  }

  return {
    async issue(wish: Omit<Command, 'state'>): Promise<string> {
      const id = randomUUID();
      const command: Command = { ...wish, state: 'stored' };
      await commands.put(id, command, 0);
      await send(id, command);
      return id;
    },
    async sweep(): Promise<void> {
      for await (const { id, value } of commands.all({ where: { field: 'state', equals: 'stored' } })) await send(id, value);
    },
  };
}

export type CommandSender = ReturnType<typeof commandSender>;
