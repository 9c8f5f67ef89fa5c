import type { ServerResponse } from 'node:http';

/** Sends a JSON text with the headers that are set. */
export function sendJson(response: ServerResponse, text: string, type = 'application/json; charset=utf-8'): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
