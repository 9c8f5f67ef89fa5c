import { number } from '../shared/format.ts';
import { inWords } from '../shared/language.ts';

const en = {
  title: 'What the cards know',
  lead: 'Every card, number, source and code of the loaded pack, as it is judged. Do not use it in care before a clinician of yours has signed it.',
  loading: 'Loading …',
  failed: 'The service does not answer.',
  document: 'The document to sign',
  filter: 'Find',
  filterHint: 'word or code',
  found: (count: number) =>
    count === 0 ? 'Nothing holds these words.' : `${number(count)} ${count === 1 ? 'entry' : 'entries'}`,
  contents: 'Contents',
};

const es: typeof en = {
  title: 'Lo que saben las tarjetas',
  lead: 'Cada tarjeta, número, fuente y código del paquete cargado, tal como se juzga. No lo use en la asistencia antes de que lo firme un clínico de su centro.',
  loading: 'Cargando …',
  failed: 'El servicio no responde.',
  document: 'El documento para firmar',
  filter: 'Buscar',
  filterHint: 'palabra o código',
  found: (count) =>
    count === 0 ? 'Nada contiene estas palabras.' : `${number(count)} ${count === 1 ? 'entrada' : 'entradas'}`,
  contents: 'Contenido',
};

/** What the page says, in the language it is read in; the pack has words of its own. */
export const texts = inWords({ en, es });
