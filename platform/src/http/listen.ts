import type { FastifyInstance } from 'fastify';
import { Problem } from '../problem.ts';

/** Listens; answers the address. @throws Problem `port-in-use`, `configuration-invalid` */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    if (code === 'EADDRINUSE') throw new Problem('port-in-use', { detail: `${host}:${port}`, cause });
    if (code === 'EACCES')
      throw new Problem('configuration-invalid', { detail: `VITRINE_PORT=${port} may not be used by this user`, cause });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Problem('configuration-invalid', { detail: `VITRINE_HOST=${host} is no address of this machine`, cause });
    throw cause;
  }
}
