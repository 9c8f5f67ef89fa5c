import type { Client } from './client.ts';
import { type KeySet, type KeySetDeps, openKeySet } from './key-set.ts';

/** A client and its keys. */
export interface Registered {
  readonly client: Client;
  readonly keySet: KeySet;
}

/** What the registry is made with. */
export interface RegistryDeps {
  readonly clock: KeySetDeps['clock'];
  /** Told, in words, what is wrong with a client's keys. */
  readonly report: (client: string, problem: string) => void;
}

/** The clients that may call at this moment. They can be replaced as a whole; calls under way see the new ones from their next question on. */
export class Registry {
  readonly #deps: RegistryDeps;
  #byIssuer: ReadonlyMap<string, Registered> = new Map();
  #byId: ReadonlyMap<string, Client> = new Map();
  #origins: readonly string[] = [];

  constructor(clients: readonly Client[], deps: RegistryDeps) {
    this.#deps = deps;
    this.replace(clients);
  }

  /** Keys that were fetched for a client are kept when it still has them from the same place. */
  replace(clients: readonly Client[]): void {
    const before = this.#byIssuer;
    this.#byIssuer = new Map(clients.map((client) => [client.issuer, this.#register(client, before)]));
    this.#byId = new Map(clients.map((client) => [client.id, client]));
    this.#origins = [...new Set(clients.flatMap(({ origins }) => origins))];
  }

  byIssuer(issuer: string): Registered | undefined {
    return this.#byIssuer.get(issuer);
  }

  byId(id: string): Client | undefined {
    return this.#byId.get(id);
  }

  /** Origins of any client. */
  get origins(): readonly string[] {
    return this.#origins;
  }

  #register(client: Client, before: ReadonlyMap<string, Registered>): Registered {
    const known = before.get(client.issuer);
    const isSame =
      known !== undefined &&
      'url' in known.client.keys &&
      'url' in client.keys &&
      known.client.keys.url === client.keys.url;
    const { clock, report } = this.#deps;
    const keySet = isSame
      ? known.keySet
      : openKeySet(client.keys, { clock, report: (problem) => report(client.id, problem) });
    return { client, keySet };
  }
}
