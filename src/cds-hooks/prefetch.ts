import type { OrderContext } from './types.ts';

/**
 * A prefetch template with its tokens replaced: a relative FHIR URL, ids percent-encoded. Undefined when a token has no
 * value, be it absent from this call or unknown to us. https://cds-hooks.hl7.org/#prefetch-tokens
 */
export function fillTemplate(template: string, context: OrderContext): string | undefined {
  let isComplete = true;
  const filled = template.replace(/\{\{([^{}]*)\}\}/g, (_, token: string) => {
    const value = readToken(token.trim(), context);
    isComplete &&= value !== undefined;
    return encodeURIComponent(value ?? '');
  });
  return isComplete ? filled : undefined;
}

/** Whether a template asks for one resource by its id, not for a list. */
export function isRead(template: string): boolean {
  return !template.includes('?');
}

function readToken(token: string, context: OrderContext): string | undefined {
  switch (token) {
    case 'context.patientId':
      return context.patientId;
    case 'context.encounterId':
      return context.encounterId;
    default:
      return undefined;
  }
}
