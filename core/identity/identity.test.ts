import t from 'tap';
import { compareHardware, digestEvidence } from './compare-hardware.ts';
import { decideIdentity, newIdentity, type SignatureReading } from './decide-identity.ts';
import type { Evidence, EvidenceSource, HardwareEvidence } from './evidence.ts';
import { derivePurposeUuid, deriveSystemId, identityNumber, isEvidenceEnough } from './system-id.ts';

const alphaFacts: Record<EvidenceSource, string> = {
  'product-uuid': '7d1f6a7e-0c3b-4a59-9d0e-2f5b8c6a1e44',
  'board-serial': 'MB-77120',
  'product-serial': 'PF0X4ZQ8',
  'chassis-serial': 'CH-90233',
  mac: '3c:ec:ef:41:9a:d2',
};
const betaFacts: Record<EvidenceSource, string> = {
  'product-uuid': '1b0cf3a2-5a77-4e0e-8f61-92ab3f60d7c1',
  'board-serial': 'MB-77121',
  'product-serial': 'PF0X4ZQ9',
  'chassis-serial': 'CH-90234',
  mac: '3c:ec:ef:41:9b:07',
};
const alpha = hardware(alphaFacts);
const beta = hardware(betaFacts);
const unsigned: SignatureReading = { kind: 'null' };

t.test('a system id is a UUID of version 8 that depends on the evidence and not on its order', async (t) => {
  const id = deriveSystemId(alpha.accepted);
  t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.equal(deriveSystemId([...alpha.accepted].reverse()), id);
  t.not(deriveSystemId(beta.accepted), id);
  t.equal(identityNumber(id), `${id.slice(0, 4)}-${id.slice(4, 8)}`.toUpperCase());
  t.not(derivePurposeUuid(id, 'machine-id'), derivePurposeUuid(id, 'data'));
});

t.test('one part and values that are unique only per maker are too little', async (t) => {
  t.ok(isEvidenceEnough(hardware({ 'product-uuid': alphaFacts['product-uuid'], mac: alphaFacts.mac })));
  t.notOk(isEvidenceEnough(hardware({ mac: alphaFacts.mac })));
  t.notOk(
    isEvidenceEnough(hardware({ 'product-uuid': alphaFacts['product-uuid'], 'board-serial': 'MB-77120' })),
  );
  t.notOk(isEvidenceEnough(hardware({ 'board-serial': 'MB-77120', 'product-serial': 'PF0X4ZQ8' })));
});

t.test('one replaced part keeps the identity, two make another machine', async (t) => {
  const signed = alpha.accepted.map(digestEvidence);
  t.match(compareHardware(signed, alpha), { kind: 'same', score: 1, changedParts: [] });
  t.match(compareHardware(signed, change('mac')), { kind: 'part-replaced', changedParts: ['network'] });
  t.match(compareHardware(signed, change('product-uuid', 'board-serial')), {
    kind: 'part-replaced',
    changedParts: ['board'],
  });
  t.match(compareHardware(signed, change('product-serial', 'chassis-serial')), { changedParts: ['chassis'] });
  t.equal(compareHardware(signed, change('product-uuid', 'board-serial', 'mac')).kind, 'another-machine');
  t.equal(compareHardware(signed, change('mac', 'product-serial', 'chassis-serial')).kind, 'another-machine');
  t.equal(compareHardware(signed, beta).kind, 'another-machine');
  t.equal(compareHardware([], alpha).kind, 'another-machine');
});

t.test('a null signature makes a new identity, the same at every try', async (t) => {
  const first = decideIdentity({ hardware: alpha, systemDisk: unsigned, dataDisk: unsigned });
  t.same(first, { kind: 'new', identity: newIdentity(alpha) });
  t.same(decideIdentity({ hardware: alpha, systemDisk: unsigned, dataDisk: unsigned }), first);
});

t.test('whatever a second disk of another machine says, this one gets its own identity', async (t) => {
  const decision = decideIdentity({ hardware: alpha, systemDisk: unsigned, dataDisk: signedBy(beta) });
  t.same(decision, { kind: 'new', identity: newIdentity(alpha) });
});

t.test('a data disk that this hardware signed brings the identity to a replaced system disk', async (t) => {
  const decision = decideIdentity({
    hardware: change('mac'),
    systemDisk: unsigned,
    dataDisk: signedBy(alpha),
  });
  t.match(decision, {
    kind: 'adopt',
    changedParts: ['network'],
    identity: { systemId: newIdentity(alpha).systemId },
  });
});

t.test('a kept identity learns what was replaced or added', async (t) => {
  const signed = signedBy(alpha);
  t.match(decideIdentity({ hardware: alpha, systemDisk: signed, dataDisk: signed }), {
    kind: 'keep',
    update: false,
  });
  const replaced = decideIdentity({ hardware: change('mac'), systemDisk: signed, dataDisk: signed });
  t.match(replaced, { kind: 'keep', update: true, changedParts: ['network'] });
  t.equal(replaced.kind === 'keep' && replaced.identity.systemId, newIdentity(alpha).systemId);
  t.same(
    replaced.kind === 'keep' && compareHardware(replaced.identity.evidence, change('mac')).kind,
    'same',
    'the updated signature fits the changed hardware fully',
  );
});

t.test('what cannot be decided is a conflict, and never a second machine of the same id', async (t) => {
  const signed = signedBy(alpha);
  const cases: [string, Parameters<typeof decideIdentity>[0], string][] = [
    ['moved', { hardware: beta, systemDisk: signed, dataDisk: signed }, 'another-machine'],
    [
      'only a card left',
      { hardware: hardware({ mac: alphaFacts.mac }), systemDisk: signed },
      'too-little-evidence',
    ],
    [
      'nothing to go by',
      { hardware: { accepted: [], rejected: [] }, systemDisk: unsigned },
      'too-little-evidence',
    ],
    [
      'foreign data disk',
      { hardware: alpha, systemDisk: signed, dataDisk: signedBy(beta) },
      'another-machine',
    ],
    ['unreadable signature', { hardware: alpha, systemDisk: { kind: 'damaged' } }, 'damaged-signature'],
    ['two that fit', { hardware: alpha, systemDisk: signed, dataDisk: foreignIdButFits() }, 'two-identities'],
    ['a tie', { hardware: change('board-serial', 'mac'), systemDisk: tieSignature() }, 'tie'],
    [
      'a tie on the data disk',
      { hardware: change('board-serial', 'mac'), systemDisk: unsigned, dataDisk: tieSignature() },
      'tie',
    ],
  ];
  for (const [name, facts, reason] of cases) {
    t.match(decideIdentity(facts), { kind: 'conflict', reason }, name);
  }
});

t.test('a damaged signature is healed by the other disk’s copy', async (t) => {
  const decision = decideIdentity({
    hardware: alpha,
    systemDisk: { kind: 'damaged' },
    dataDisk: signedBy(alpha),
  });
  t.match(decision, { kind: 'adopt', identity: { systemId: newIdentity(alpha).systemId } });
});

/** Board (UUID and serial) and two cards, of which one each is gone: 2 + 1.5 of 4 + 3. */
function tieSignature(): SignatureReading {
  const evidence: Evidence[] = [
    { source: 'product-uuid', value: alphaFacts['product-uuid'] },
    { source: 'board-serial', value: alphaFacts['board-serial'] },
    { source: 'mac', value: betaFacts.mac },
    { source: 'mac', value: '3c:ec:ef:00:00:01' },
  ];
  return { kind: 'signed', identity: newIdentity({ accepted: evidence, rejected: [] }) };
}

function foreignIdButFits(): SignatureReading {
  const { evidence } = newIdentity(alpha);
  return { kind: 'signed', identity: { systemId: newIdentity(beta).systemId, evidence } };
}

function signedBy(evidence: HardwareEvidence): SignatureReading {
  return { kind: 'signed', identity: newIdentity(evidence) };
}

function hardware(facts: Partial<Record<EvidenceSource, string>>): HardwareEvidence {
  const accepted = Object.entries(facts).map(([source, value]) => ({
    source: source as EvidenceSource,
    value,
  }));
  return { accepted, rejected: [] };
}

/** Alpha, with some of its evidence as beta has it. */
function change(...sources: EvidenceSource[]): HardwareEvidence {
  const changed = sources.map((source) => [source, betaFacts[source]]);
  return hardware({ ...alphaFacts, ...Object.fromEntries(changed) });
}
