import type { Hook, ServiceDescription } from '../cds-hooks/types.ts';
import { UnknownService } from '../errors.ts';

/**
 * The hooks that a service id is listed for.
 *
 * @throws UnknownService
 */
export function findHooks(services: readonly ServiceDescription[], id: string): readonly Hook[] {
  const hooks = services.filter((service) => service.id === id).map(({ hook }) => hook);
  if (hooks.length === 0) throw new UnknownService('No service with this id; GET /cds-services lists the services');
  return hooks;
}
