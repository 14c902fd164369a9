// Run by http.test.ts in a process of its own, since each end of a connection is an open file: opens connections to a port, of which half say half a
// request and the others nothing, says how many stand, and ends with its parent.

import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const [, , port, count] = process.argv;
const AT_ONCE = 500;
let standing = 0;
process.on('disconnect', () => process.exit());
for (let n = 0; n < Number(count); n++) {
  const socket = connect(Number(port), 'localhost').on('error', () => {});
  socket.once('connect', () => standing++);
  if (n % 2 === 0) socket.write('GET /iiif/image/3/picture/fu');
  if (n % AT_ONCE === AT_ONCE - 1) await setTimeout(50);
}
for (let tries = 0; standing < Number(count) && tries < 100; tries++) await setTimeout(50);
process.send?.({ standing });
