/** The limit: Node's own HTTP server, which reads the body, parses it, and answers the same card to all. */
import { createServer } from 'node:http';
import { FIXED } from './fixed-card.mjs';

const answer = JSON.stringify(FIXED);
const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof body.hook !== 'string') response.statusCode = 400;
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Content-Length', answer.length);
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`ready at http://127.0.0.1:${port}`);
});
