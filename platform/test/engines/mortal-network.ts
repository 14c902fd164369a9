import { createConnection, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** A network that can die: its connections break and no new one is made; or that can go deaf: what is sent arrives, what is answered does not. */
export function mortalNetwork(): { socketFactory: ISocketFactory; die(): void; deafen(): void; revive(): void } {
  const sockets = new Set<Socket>();
  let state: 'alive' | 'deaf' | 'dead' = 'alive';
  return {
    socketFactory: ({ host, port, onConnect }) => {
      const socket = createConnection({ host, port }, onConnect);
      const emit = socket.emit.bind(socket);
      socket.emit = (event: string | symbol, ...values: unknown[]) =>
        event === 'data' && state === 'deaf' ? true : emit(event, ...values);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      if (state === 'dead') socket.destroy(new Error('the network is dead'));
      return socket;
    },
    die: () => {
      state = 'dead';
      for (const socket of sockets) socket.destroy(new Error('the network is dead'));
    },
    deafen: () => {
      state = 'deaf';
    },
    revive: () => {
      state = 'alive';
    },
  };
}
