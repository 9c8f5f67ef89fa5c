import { beforeAll, describe, expect, test } from 'vitest';
import { FLAGS, TEXTS } from '../../src/cli/simulate.ts';
import { run } from './run.ts';

const COMMANDS = ['serve', 'check', 'explain', 'export', 'simulate', 'insights', 'audit', 'feedback', 'erase'];

let usage: string;
beforeAll(async () => {
  usage = (await run(['--help'])).stdout;
});

describe('the usage', () => {
  test('names every command, and every option of simulate', () => {
    const named = [...usage.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(COMMANDS));
    for (const name of [...TEXTS, ...FLAGS]) expect(usage).toMatch(new RegExp(`\\[--${name}[ \\]]`));
  });

  test.each(['help', ...COMMANDS.map((name) => `${name} --help`), 'simulate merge a --help'])('%s', async (line) => {
    expect(await run(line.split(' '), { PORT: 'none' })).toEqual({ code: 0, stdout: usage, stderr: '' });
  });

  test('is what an unknown command is answered with', async () => {
    expect(await run(['no-such-command'])).toEqual({ code: 2, stdout: '', stderr: usage });
  });
});
