import { expect, test } from 'vitest';
import { createRoom } from '../../../src/http/room.ts';

test('a client gets as much room as there is for one, whatever the others hold', () => {
  const room = createRoom(100);
  const [first, second, other] = [room('a'), room('a'), room('b')];
  expect([first.take(60), second.take(40), second.take(1), other.take(100)]).toEqual([true, true, false, true]);
});

test('room that is left can be had again, and is left once', () => {
  const room = createRoom(100);
  const first = room('a');
  first.take(70);
  first.take(30);
  first.leave();
  first.leave();
  const second = room('a');
  expect([second.take(100), second.take(1)]).toEqual([true, false]);
});
