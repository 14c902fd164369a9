import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { sharedLookup } from '../shared-lookup.ts';

const KEEP_ALIVE = 60_000;

/** kafkajs's own way to a broker, but for the look-up of its name. */
export const kafkaSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const way = { host, port, lookup: sharedLookup };
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket = ssl ? connectTls({ ...way, ...servername, ...ssl }, onConnect) : connect(way, onConnect);
  return socket.setKeepAlive(true, KEEP_ALIVE);
};
