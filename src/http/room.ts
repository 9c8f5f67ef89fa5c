/** Bytes of bodies that one client may have here at once: twenty of the largest, a thousand of the usual. */
const MOST_BYTES = 100_000_000;

/** What one call holds. */
export interface Place {
  /** False when the client holds too much: then these bytes are not taken. */
  readonly take: (bytes: number) => boolean;
  readonly leave: () => void;
}

/** Counts by client what is held of bodies, so that none fills the memory, for one by sending many of them slowly. */
export function createRoom(mostBytes = MOST_BYTES): (client: string) => Place {
  const held = new Map<string, number>();
  return (client) => {
    let own = 0;
    const add = (bytes: number): void => {
      own += bytes;
      const all = (held.get(client) ?? 0) + bytes;
      if (all > 0) held.set(client, all);
      else held.delete(client);
    };
    return {
      take: (bytes) => {
        if ((held.get(client) ?? 0) + bytes > mostBytes) return false;
        add(bytes);
        return true;
      },
      leave: () => add(-own),
    };
  };
}
