import { createConnection, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

type MortalNetwork = { socketFactory: ISocketFactory; die(): void; deafen(): void; cut(): void; revive(): void };

/**
 * A network that can die: its connections break and no new one is made; or go deaf: what is sent arrives, what is answered does not; or be cut: each
 * connection breaks within the next answer.
 */
export function mortalNetwork(): MortalNetwork {
  const sockets = new Set<Socket>();
  let state: 'alive' | 'deaf' | 'dead' = 'alive';
  const doomed = new WeakSet<Socket>();
  return {
    socketFactory: ({ host, port, onConnect }) => {
      const socket = createConnection({ host, port }, onConnect);
      const emit = socket.emit.bind(socket);
      socket.emit = (event: string | symbol, ...values: unknown[]) => {
        if (event !== 'data') return emit(event, ...values);
        if (state === 'deaf') return true;
        if (!doomed.has(socket)) return emit(event, ...values);
        const [data] = values;
        if (Buffer.isBuffer(data)) emit('data', data.subarray(0, 6));
        socket.destroy(new Error('the network was cut'));
        return true;
      };
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
    cut: () => {
      for (const socket of sockets) doomed.add(socket);
    },
    revive: () => {
      state = 'alive';
    },
  };
}
