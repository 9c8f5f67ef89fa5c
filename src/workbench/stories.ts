import { SYSTEMS } from '../terminology/systems.ts';
import type { CodedText, OrderChoice } from './explanation.ts';

/** A patient of `fixtures/patients/` in one line, and the order that the story is about. */
export interface Story {
  readonly story: string;
  readonly order: OrderChoice;
}

type Coded = readonly [code: string, text: string];

/** By patient, in the order in which they are offered. */
export const STORIES: Readonly<Record<string, Story>> = {
  'gluteal-no-rehab': story(
    'Right gluteal tendinopathy for 14 weeks, no rehabilitation, no injection.',
    ['20611', 'US-guided large joint or bursa injection'],
    'right hip',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
  'gluteal-completed-programme': story(
    'The same hip after 12 physiotherapy dates in 9 weeks.',
    ['20611', 'US-guided large joint or bursa injection'],
    'right hip',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
  'gluteal-third-steroid': story(
    'Two hip injections this year, little relief, physiotherapy done.',
    ['20610', 'Large joint or bursa injection'],
    'right trochanteric bursa',
    ['M70.61', 'Greater trochanteric pain syndrome of right hip'],
  ),
  'prp-after-programme': story(
    'Gluteal tendinopathy after an adequate trial; plasma is ordered.',
    ['0232T', 'Platelet-rich plasma injection'],
    'right gluteus medius',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
  'gluteal-full-thickness-tear': story(
    'Full-thickness gluteal tear in the MRI report; repair is ordered.',
    ['27299', 'Gluteus medius repair, right'],
    'right hip',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
  'piriformis-pregnant': story(
    'Pregnant, sciatica for five weeks, no physiotherapy.',
    ['20552', 'Muscle injection, ultrasound guided'],
    'right piriformis',
    ['M54.31', 'Sciatica, right'],
  ),
  'sciatica-acute-severe': story(
    'Radicular pain for three weeks, 8 of 10, full power.',
    ['64483', 'Lumbar transforaminal epidural injection, one level'],
    'L5-S1 left',
    ['M54.16', 'Lumbar radiculopathy'],
  ),
  'sciatica-partial-care': story(
    'Sciatica for ten weeks, three visits over 16 days.',
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.31', 'Sciatica, right side'],
  ),
  'sciatica-no-physiotherapy-data': story(
    'Radiculopathy; this record carries no visits or procedures at all.',
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.16', 'Lumbar radiculopathy'],
  ),
  'sciatica-urinary-retention': story(
    'Sciatica for nine weeks, urinary retention since yesterday.',
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.41', 'Low back pain with right-sided sciatica'],
  ),
  'stenosis-stale-physiotherapy': story(
    'Stenosis; physiotherapy ended 11 months ago; anticoagulated.',
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M48.062', 'Lumbar stenosis with neurogenic claudication'],
  ),
  'axial-back-pain-epidural': story(
    'Axial back pain for seven months, no care of the back.',
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.59', 'Chronic low back pain'],
  ),
  'epidural-after-discectomy': story(
    'Operated on the same region five weeks ago.',
    ['62323', 'Lumbar interlaminar epidural injection with imaging'],
    'Lumbar spine',
    ['M54.16', 'Lumbar radiculopathy'],
  ),
  'epidural-active-breast-cancer': story(
    'Radiculopathy, breast cancer under treatment.',
    ['64483', 'Lumbar transforaminal epidural injection, one level'],
    'Lumbar spine',
    ['M54.16', 'Lumbar radiculopathy'],
  ),
  'radiofrequency-urgent': story(
    'Facet pain, two good blocks, ordered urgent.',
    ['64635', 'Radiofrequency ablation, lumbar medial branches'],
    'Lumbar spine',
    ['M47.816', 'Lumbar spondylosis'],
    'urgent',
  ),
  'back-pain-fusion-five-visits': story(
    'Axial back pain for 14 months, five visits; fusion is ordered.',
    ['22612', 'Posterior lumbar fusion, one level'],
    'L4-L5',
    ['M54.59', 'Chronic low back pain'],
  ),
  'disc-herniation-five-months': story(
    'Disc herniation for five months, eight contacts.',
    ['63030', 'Lumbar discectomy, one level'],
    'L5-S1 right',
    ['M51.16', 'Lumbar disc herniation with radiculopathy'],
  ),
  'discectomy-no-care': story(
    'Disc herniation for eight weeks, physiotherapy only booked.',
    ['63030', 'Lumbar discectomy, one level'],
    'L4-L5 left',
    ['M51.16', 'Lumbar disc herniation with radiculopathy'],
  ),
  'knee-osteoarthritis': story(
    'Knee osteoarthritis: not an order that any card is about.',
    ['20610', 'Large joint or bursa injection'],
    'right knee',
    ['M17.11', 'Osteoarthritis of right knee'],
  ),
  'quick-look': story(
    'The first patient in four resources, small enough for a terminal.',
    ['20611', 'US-guided large joint or bursa injection'],
    'right hip',
    ['M76.01', 'Gluteal tendinopathy of right hip'],
  ),
};

function story(
  said: string,
  what: Coded,
  site: string,
  reason: Coded,
  priority: OrderChoice['priority'] = 'routine',
): Story {
  return { story: said, order: { what: coded('cpt', what), site, reason: coded('icd10cm', reason), priority } };
}

function coded(system: 'cpt' | 'icd10cm', [code, text]: Coded): CodedText {
  return { text, code, system: SYSTEMS[system] ?? '' };
}
