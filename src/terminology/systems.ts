/** Code systems by the short names that people write: in cards, in vignettes and in CODE_SYSTEMS_OFF. */
export const SYSTEMS: Readonly<Record<string, string>> = {
  icd10cm: 'http://hl7.org/fhir/sid/icd-10-cm',
  icd10pcs: 'http://www.cms.gov/Medicare/Coding/ICD10',
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  cpt: 'http://www.ama-assn.org/go/cpt',
  hcpcs: 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
};

/** What people call a system. */
const TITLES: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/sid/icd-10-cm': 'ICD-10-CM',
  'http://www.cms.gov/Medicare/Coding/ICD10': 'ICD-10-PCS',
  'http://snomed.info/sct': 'SNOMED CT',
  'http://loinc.org': 'LOINC',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'RxNorm',
  'http://www.ama-assn.org/go/cpt': 'CPT',
  'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets': 'HCPCS',
};

/** What people call the system with this URI; others go by the URI. */
export const titleOf = (system: string): string => TITLES[system] ?? system;

/** Other URIs that charts carry for the same system. OIDs: HL7 OID registry. */
const ALIASES: Readonly<Record<string, string>> = {
  'urn:oid:2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  'urn:oid:2.16.840.1.113883.6.90': 'http://hl7.org/fhir/sid/icd-10-cm',
  'urn:oid:2.16.840.1.113883.6.4': 'http://www.cms.gov/Medicare/Coding/ICD10',
  'http://hl7.org/fhir/sid/icd-10-pcs': 'http://www.cms.gov/Medicare/Coding/ICD10',
  'urn:oid:2.16.840.1.113883.6.12': 'http://www.ama-assn.org/go/cpt',
  'urn:oid:2.16.840.1.113883.6.88': 'http://www.nlm.nih.gov/research/umls/rxnorm',
  'urn:oid:2.16.840.1.113883.6.1': 'http://loinc.org',
  'urn:oid:2.16.840.1.113883.6.285': 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
  'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets': 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
};

/** The one URI this service uses for a system. */
export const canonicalSystem = (system: string): string => ALIASES[system] ?? system;

/** The code as value sets write it: ICD-10-CM in capitals with its dot. */
export function canonicalCode(system: string, code: string): string {
  if (system !== SYSTEMS.icd10cm) return code;
  const bare = code.trim().toUpperCase();
  return bare.length > 3 && !bare.includes('.') ? `${bare.slice(0, 3)}.${bare.slice(3)}` : bare;
}
