import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding } from 'fhir/r4.js';
import type { CardRecord, KeptDecision } from '../store/store.ts';

const DICOM = 'http://dicom.nema.org/resources/ontology/DCM';
const HL7 = 'http://terminology.hl7.org/CodeSystem';
const OURS = 'https://rehab-first.org/fhir';

/** DICOM's audit message of a system that is asked for something. */
const QUERY: Coding = { system: DICOM, code: '110112', display: 'Query' };
const APPLICATION: Coding = { system: DICOM, code: '110150', display: 'Application' };
const PERSON: Coding = { system: `${HL7}/audit-entity-type`, code: '1', display: 'Person' };
const SYSTEM_OBJECT: Coding = { system: `${HL7}/audit-entity-type`, code: '2', display: 'System Object' };
const PATIENT_ROLE: Coding = { system: `${HL7}/object-role`, code: '1', display: 'Patient' };
const QUERY_ROLE: Coding = { system: `${HL7}/object-role`, code: '24', display: 'Query' };
const APPLICATION_SERVER: Coding = {
  system: `${HL7}/security-source-type`,
  code: '4',
  display: 'Application Server',
};

/**
 * A call in scope as a FHIR R4 AuditEvent: who asked, about whom (the HMAC, never an id), and what each card came to. No value of
 * the chart, no comment, no reference to a resource of the patient. https://hl7.org/fhir/R4/auditevent.html
 */
export function auditEventOf(decision: KeptDecision): AuditEvent {
  const { id, hook, time, service, failure } = decision;
  return {
    resourceType: 'AuditEvent',
    id,
    type: QUERY,
    subtype: [{ system: `${OURS}/CodeSystem/hooks`, code: hook }],
    action: 'E',
    recorded: time.toISOString(),
    outcome: failure === undefined ? '0' : '4',
    ...(failure !== undefined && { outcomeDesc: failure }),
    agent: [clientOf(decision), { type: { coding: [APPLICATION] }, who: itself(service), requestor: false }],
    source: { observer: itself(service), type: [APPLICATION_SERVER] },
    entity: [patientOf(decision), callOf(decision)],
  };
}

const itself = (service: string) => ({
  identifier: { system: `${OURS}/NamingSystem/services`, value: service },
  display: 'Rehab First',
});

/** Open mode knows no clients. */
function clientOf({ client, tenant }: KeptDecision): AuditEventAgent {
  const who =
    client === ''
      ? { display: 'Not authenticated' }
      : { identifier: { system: `${OURS}/NamingSystem/clients`, value: client } };
  return {
    type: { coding: [APPLICATION] },
    who,
    ...(tenant !== '' && { altId: tenant }),
    requestor: true,
  };
}

const patientOf = ({ patientHmac }: KeptDecision): AuditEventEntity => ({
  what: { identifier: { system: `${OURS}/NamingSystem/patient-hmac`, value: patientHmac } },
  type: PERSON,
  role: PATIENT_ROLE,
});

const callOf = ({ hookInstance, knowledge, orderClasses, cards }: KeptDecision): AuditEventEntity => ({
  what: { identifier: { system: `${OURS}/NamingSystem/hook-instances`, value: hookInstance } },
  type: SYSTEM_OBJECT,
  role: QUERY_ROLE,
  detail: [
    { type: 'knowledge', valueString: knowledge },
    ...orderClasses.map((name) => ({ type: 'order-class', valueString: name })),
    ...cards.map((card) => ({ type: 'card', valueString: cameTo(card) })),
  ],
});

/** Such as `trochanteric-injection 1.0.0 fires rehab-first warning shown`. */
const cameTo = ({ card, version, verdict, silencedBy, outcome, indicator, disposition }: CardRecord): string =>
  [card, version, verdict, silencedBy, outcome, indicator, disposition].filter((part) => part !== undefined).join(' ');
