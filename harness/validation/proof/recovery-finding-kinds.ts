import type { FindingKind } from '../../inspection/finding.ts';

const source = 'Assay H5: drills on the recovery that the appliance claims';

/** What trying the claims of recovery can find. */
export const recoveryFindingKinds: readonly FindingKind[] = [
  {
    id: 'recovery-fails',
    severity: 'error',
    title: 'it does not get over damage that it claims to get over',
    reason:
      'A clone was damaged as the profile says, and was not ready again in time. Of ten thousand, some meet this damage in the field, and each of them is a visit.',
    fix: "Look at the drill's console since the fault and at its evidence, and mend what kept it from recovering. Where it only takes longer, raise `within` of the claim; where it was never meant to, take the claim out of `recovery`.",
    source,
  },
  {
    id: 'refuses-not',
    severity: 'error',
    title: 'it does not refuse to work, as it claims, on what it must not trust',
    reason:
      'A clone was damaged so that it has to refuse, by the profile, and to say so on its console. It went on as if nothing were wrong, or stopped without a word: the one works with what may be wrong, the other leaves its owner alone.',
    fix: "Look at the drill's console since the fault. Let the appliance verify what it uses, and say why it does not work; correct `refused` of the claim where it says so in other words.",
    source,
  },
  {
    id: 'power-cut-not-survived',
    severity: 'error',
    title: 'it does not come back after a power cut',
    reason:
      'The plug of a clone was pulled while it was ready, at a moment that the seed draws, and some of what it had written and not flushed was lost, as disks lose it. Switched on again, it was not ready in time. Every appliance meets that, claimed or not.',
    fix: "Look at the drill's console since the power cut. Use file systems with a journal, or mount read-only what does not change (FAT for booting above all); flush before what was written is relied on; let fsck repair without asking (fsck.repair=yes).",
    source: 'Assay H4, faults of the power supply; systemd-fsck@.service(8)',
  },
  {
    id: 'recovery-not-shown',
    severity: 'warning',
    title: 'it is ready after damage, but its console does not show the recovery that it claims',
    reason:
      'The damage may have been where nobody noticed it: then the drill says nothing of the recovery, and a clone carries the damage on.',
    fix: "Look at the drill's console since the fault: correct `shows` of the claim, or damage what the appliance has to notice.",
    source,
  },
  {
    id: 'drill-inconclusive',
    severity: 'warning',
    leavesOpen: true,
    title: 'a claim of recovery could not be tried',
    reason:
      'The fault could not be injected, its moment did not come, the clone was not ready before it, or the host failed. The appliance has not been judged by it.',
    fix: 'The evidence says why. Choose a moment that comes and a place that is there, or try again on a host with more room.',
    source,
  },
  {
    id: 'no-recovery-claimed',
    severity: 'note',
    title: 'the profile claims no recovery, so none was tried',
    reason: 'How the appliance gets over damage to its disk is not known.',
    fix: 'Say in `recovery` of the profile what it gets over, and how that shows: each claim is tried on a clone.',
    source,
  },
];
