import { SYSTEMS } from '../terminology/systems.ts';
import type { CodedText, OrderChoice } from './explanation.ts';

/** A sentence in the languages of the pages. */
type Told = Readonly<Record<'en' | 'es', string>>;

/** A patient of `fixtures/patients/` in one line, and the order that the story is about. */
export interface Story {
  readonly story: Told;
  readonly order: Readonly<Record<keyof Told, OrderChoice>>;
}

/** What the orders of the stories say, as a Spanish EHR would write it. */
const IN_SPANISH: Readonly<Record<string, string>> = {
  'US-guided large joint or bursa injection': 'Infiltración ecoguiada de articulación o bolsa grande',
  'Large joint or bursa injection': 'Infiltración de articulación o bolsa grande',
  'Platelet-rich plasma injection': 'Infiltración de plasma rico en plaquetas',
  'Gluteus medius repair, right': 'Reparación del glúteo medio derecho',
  'Muscle injection, ultrasound guided': 'Infiltración muscular ecoguiada',
  'Lumbar transforaminal epidural injection, one level': 'Infiltración epidural transforaminal lumbar, un nivel',
  'Lumbar interlaminar epidural injection with imaging': 'Infiltración epidural interlaminar lumbar con imagen',
  'Radiofrequency ablation, lumbar medial branches': 'Ablación por radiofrecuencia de ramos mediales lumbares',
  'Posterior lumbar fusion, one level': 'Fusión lumbar posterior, un nivel',
  'Lumbar discectomy, one level': 'Discectomía lumbar, un nivel',
  'right hip': 'cadera derecha',
  'right trochanteric bursa': 'bolsa trocantérea derecha',
  'right gluteus medius': 'glúteo medio derecho',
  'right piriformis': 'piriforme derecho',
  'right knee': 'rodilla derecha',
  'Lumbar spine': 'columna lumbar',
  'L4-L5': 'L4-L5',
  'L4-L5 left': 'L4-L5 izquierda',
  'L5-S1 left': 'L5-S1 izquierda',
  'L5-S1 right': 'L5-S1 derecha',
  'Gluteal tendinopathy of right hip': 'Tendinopatía glútea de la cadera derecha',
  'Greater trochanteric pain syndrome of right hip': 'Síndrome doloroso del trocánter mayor de la cadera derecha',
  'Sciatica, right': 'Ciática derecha',
  'Sciatica, right side': 'Ciática del lado derecho',
  'Low back pain with right-sided sciatica': 'Lumbalgia con ciática derecha',
  'Lumbar radiculopathy': 'Radiculopatía lumbar',
  'Lumbar stenosis with neurogenic claudication': 'Estenosis lumbar con claudicación neurógena',
  'Lumbar spondylosis': 'Espondilosis lumbar',
  'Lumbar disc herniation with radiculopathy': 'Hernia discal lumbar con radiculopatía',
  'Chronic low back pain': 'Lumbalgia crónica',
  'Osteoarthritis of right knee': 'Artrosis de la rodilla derecha',
};

type Coded = readonly [code: string, text: string];

/** By patient, in the order in which they are offered. */
export const STORIES: Readonly<Record<string, Story>> = {
  'gluteal-no-rehab': story(
    {
      en: 'Right gluteal tendinopathy for 14 weeks, no rehabilitation, no injection.',
      es: 'Tendinopatía glútea derecha desde hace 14 semanas, sin rehabilitación ni infiltraciones.',
    },
    ['20611', 'US-guided large joint or bursa injection'],
    'right hip',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
  'gluteal-completed-programme': story(
    {
      en: 'Right gluteal tendinopathy, 12 physiotherapy dates in 9 weeks.',
      es: 'Tendinopatía glútea derecha, 12 sesiones de fisioterapia en 9 semanas.',
    },
    ['20611', 'US-guided large joint or bursa injection'],
    'right hip',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
  'gluteal-third-steroid': story(
    {
      en: 'Two hip injections this year, little relief, physiotherapy done.',
      es: 'Dos infiltraciones de cadera este año, poco alivio, fisioterapia hecha.',
    },
    ['20610', 'Large joint or bursa injection'],
    'right trochanteric bursa',
    ['M70.61', 'Greater trochanteric pain syndrome of right hip'],
  ),
  'prp-after-programme': story(
    {
      en: 'Gluteal tendinopathy after an adequate trial; plasma is ordered.',
      es: 'Tendinopatía glútea tras un tratamiento suficiente; se solicita plasma.',
    },
    ['0232T', 'Platelet-rich plasma injection'],
    'right gluteus medius',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
  'gluteal-full-thickness-tear': story(
    {
      en: 'Full-thickness gluteal tear in the MRI report; repair is ordered.',
      es: 'Rotura glútea de espesor completo en la RM; se solicita reparación.',
    },
    ['27299', 'Gluteus medius repair, right'],
    'right hip',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
  'piriformis-pregnant': story(
    {
      en: 'Pregnant, sciatica for five weeks, no physiotherapy.',
      es: 'Embarazada, ciática desde hace cinco semanas, sin fisioterapia.',
    },
    ['20552', 'Muscle injection, ultrasound guided'],
    'right piriformis',
    ['M54.31', 'Sciatica, right'],
  ),
  'sciatica-acute-severe': story(
    {
      en: 'Radicular pain for three weeks, 8 of 10, full power.',
      es: 'Dolor radicular desde hace tres semanas, 8 de 10, fuerza conservada.',
    },
    ['64483', 'Lumbar transforaminal epidural injection, one level'],
    'L5-S1 left',
    ['M54.16', 'Lumbar radiculopathy'],
  ),
  'sciatica-partial-care': story(
    {
      en: 'Sciatica for ten weeks, three visits over 16 days.',
      es: 'Ciática desde hace diez semanas, tres sesiones en 16 días.',
    },
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.31', 'Sciatica, right side'],
  ),
  'sciatica-no-physiotherapy-data': story(
    {
      en: 'Radiculopathy; this record carries no visits or procedures at all.',
      es: 'Radiculopatía; esta historia no trae visitas ni procedimientos.',
    },
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.16', 'Lumbar radiculopathy'],
  ),
  'sciatica-urinary-retention': story(
    {
      en: 'Sciatica for nine weeks, urinary retention for two days.',
      es: 'Ciática desde hace nueve semanas, retención urinaria desde hace dos días.',
    },
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.41', 'Low back pain with right-sided sciatica'],
  ),
  'stenosis-stale-physiotherapy': story(
    {
      en: 'Stenosis; physiotherapy ended 11 months ago; anticoagulated.',
      es: 'Estenosis; la fisioterapia acabó hace 11 meses; anticoagulada.',
    },
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M48.062', 'Lumbar stenosis with neurogenic claudication'],
  ),
  'axial-back-pain-epidural': story(
    {
      en: 'Axial back pain for seven months, no care of the back.',
      es: 'Lumbalgia axial desde hace siete meses, sin tratamiento de la espalda.',
    },
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.59', 'Chronic low back pain'],
  ),
  'epidural-after-discectomy': story(
    {
      en: 'Operated on the same region five weeks ago.',
      es: 'Operación en la misma región hace cinco semanas.',
    },
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.16', 'Lumbar radiculopathy'],
  ),
  'epidural-active-breast-cancer': story(
    {
      en: 'Radiculopathy, breast cancer under treatment.',
      es: 'Radiculopatía, cáncer de mama en tratamiento.',
    },
    ['64483', 'Lumbar transforaminal epidural injection, one level'],
    'Lumbar spine',
    ['M54.16', 'Lumbar radiculopathy'],
  ),
  'radiofrequency-urgent': story(
    {
      en: 'Facet pain, two good blocks, ordered urgent.',
      es: 'Dolor facetario, dos bloqueos positivos, solicitud urgente.',
    },
    ['64635', 'Radiofrequency ablation, lumbar medial branches'],
    'Lumbar spine',
    ['M47.816', 'Lumbar spondylosis'],
    'urgent',
  ),
  'back-pain-fusion-five-visits': story(
    {
      en: 'Axial back pain for 14 months, five visits; fusion is ordered.',
      es: 'Lumbalgia axial desde hace 14 meses, cinco sesiones; se solicita fusión.',
    },
    ['22612', 'Posterior lumbar fusion, one level'],
    'L4-L5',
    ['M54.59', 'Chronic low back pain'],
  ),
  'disc-herniation-five-months': story(
    {
      en: 'Disc herniation for five months, eight contacts.',
      es: 'Hernia discal desde hace cinco meses, ocho sesiones.',
    },
    ['63030', 'Lumbar discectomy, one level'],
    'L5-S1 right',
    ['M51.16', 'Lumbar disc herniation with radiculopathy'],
  ),
  'discectomy-no-care': story(
    {
      en: 'Disc herniation for eight weeks, physiotherapy only booked.',
      es: 'Hernia discal desde hace ocho semanas, fisioterapia solo programada.',
    },
    ['63030', 'Lumbar discectomy, one level'],
    'L4-L5 left',
    ['M51.16', 'Lumbar disc herniation with radiculopathy'],
  ),
  'knee-osteoarthritis': story(
    {
      en: 'Knee osteoarthritis: not an order that any card is about.',
      es: 'Artrosis de rodilla: ninguna tarjeta trata de esta solicitud.',
    },
    ['20610', 'Large joint or bursa injection'],
    'right knee',
    ['M17.11', 'Osteoarthritis of right knee'],
  ),
  'quick-look': story(
    {
      en: 'Right gluteal tendinopathy in four resources, small enough for a terminal.',
      es: 'Tendinopatía glútea derecha en cuatro recursos, que caben en una terminal.',
    },
    ['20611', 'US-guided large joint or bursa injection'],
    'right hip',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
};

function story(
  said: Told,
  what: Coded,
  site: string,
  reason: Coded,
  priority: OrderChoice['priority'] = 'routine',
): Story {
  const written = { what: coded('cpt', what), site, reason: coded('icd10cm', reason), priority };
  return { story: said, order: { en: written, es: inSpanish(written) } };
}

function inSpanish({ what, site, reason, priority }: OrderChoice): OrderChoice {
  const said = (text: string) => IN_SPANISH[text] ?? text;
  return {
    what: { ...what, text: said(what.text) },
    site: said(site),
    reason: { ...reason, text: said(reason.text) },
    priority,
  };
}

function coded(system: 'cpt' | 'icd10cm', [code, text]: Coded): CodedText {
  return { text, code, system: SYSTEMS[system] ?? '' };
}
