import { expect, test } from 'vitest';
import { isLoopback } from '../../../src/chart/loopback.ts';

test.each([
  'http://localhost',
  'http://LOCALHOST:8080/fhir',
  'https://127.0.0.1/fhir',
  'http://127.255.255.254:1',
  'http://127.1/fhir',
  'http://2130706433/fhir',
  'http://0x7f.0.0.1/fhir',
  'http://0177.0.0.1/',
  'http://[::1]:8080/fhir',
  'http://[0:0:0:0:0:0:0:1]/fhir',
])('%s is loopback', (url) => {
  expect(isLoopback(url)).toBe(true);
});

test.each([
  'http://localhost.example/fhir',
  'http://127.0.0.1.example/fhir',
  'http://example/127.0.0.1',
  'http://127.0.0.1@example/fhir',
  'http://example/?localhost',
  'http://128.0.0.1',
  'http://0.0.0.0',
  'http://[::]',
  'http://[::2]',
  'http://10.0.0.1',
  'ftp://localhost',
  'foo://127.0.0.1',
  'localhost',
  '127.0.0.1',
  '',
])('%s is not', (url) => {
  expect(isLoopback(url)).toBe(false);
});
