/** What one would write first: Express and `express.json`, which answers the same card to all. */
import express from 'express';
import { FIXED } from './fixed-card.mjs';

const app = express();
app.use(express.json({ limit: '5mb' }));
app.post('/cds-services/:id', (request, response) => {
  if (typeof request.body.hook !== 'string') response.status(400);
  response.json(FIXED);
});
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`ready at http://127.0.0.1:${port}`);
});
