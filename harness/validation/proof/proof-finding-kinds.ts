import type { FindingKind } from '../../inspection/finding.ts';

const source = 'Assay H5: clones are started twice on different hardware, and their identities compared';

/** What starting clones can find. */
export const proofFindingKinds = [
  {
    id: 'identity-kept',
    severity: 'error',
    title: 'clones keep an identity of the master',
    reason:
      'A clone was started on hardware of its own, and has the same identity as the master still. So have all ten thousand of them: whatever tells machines apart by it takes them for one.',
    fix: 'Remove it from the master, so that it is made anew at first boot; where nothing makes it anew, add that. `assay validate --list` says for each kind of identity how, under what is left over. Where it is no identity on this appliance, say so in `identities.ignore` of the profile.',
    source,
  },
  {
    id: 'identity-shared',
    severity: 'error',
    title: 'clones have made themselves the same identity',
    reason:
      'The master does not have it, so each clone has made it when it started, and more than one has made the same. It is derived from something that all clones share: a seed or a file of the master, the time, a number that is part of the image. Different hardware did not help.',
    fix: 'Find what it is made from, and let random numbers of the running system (getrandom(2), once the kernel is seeded), or a serial number of the hardware, be part of it.',
    source,
  },
  {
    id: 'name-shared',
    severity: 'warning',
    title: 'clones have a name in common',
    reason:
      'All clones have the same host name, or another name that tells machines apart for people and for some services. On one network name services, monitoring and logs take them for one machine.',
    fix: 'Let the first boot derive it from the serial number or the MAC address, or let DHCP give it. Where units never meet on a network, or the owner names them, accept it in the profile.',
    source,
  },
  {
    id: 'identity-changes',
    severity: 'error',
    title: 'an identity is another one after a restart',
    reason:
      'A clone was switched off as the profile says and started again, and is somebody else. Who knew it does not know it any more: SSH clients refuse its host key, DHCP gives another address, licences and certificates that are bound to it are void, and management sees a new machine after each power cut.',
    fix: 'Keep it on a partition that is written to and not thrown away at a restart, and make it once, when there is none. Where it is meant to change, say `stays: false`, or `identities.ignore`, in the profile.',
    source,
  },
  {
    id: 'identity-missing-on-some',
    severity: 'warning',
    title: 'some clones have an identity that others lack',
    reason:
      'The same disk was started in the same way, and on some clones something that tells machines apart was not made. First boot does not always come to its end, or depends on luck: on time, or on the order in which services start.',
    fix: 'Compare the consoles of the clones that have it and of those that lack it. Let the unit that makes it run before what ends the first boot, and let it be made whenever it is missing.',
    source,
  },
  {
    id: 'clone-not-ready',
    severity: 'error',
    title: 'a clone does not become ready',
    reason:
      'A copy of this disk was started on hardware of its own, and did not show what the profile calls ready in time. What happens to one of a few clones happens to hundreds of ten thousand.',
    fix: 'The evidence names the sign that did not come; look at the console of that clone in the run folder. Where it is only slow, raise `limits` of the profile or give --timeout-scale.',
    source,
  },
  {
    id: 'clone-second-boot-fails',
    severity: 'error',
    title: 'a clone becomes ready once, and not a second time',
    reason:
      'The first boot has left the disk in a state from which it does not start again, or not in time. Every unit would fail in the field at its first restart, after it has passed its test.',
    fix: 'Compare the consoles of both boots in the run folder. Usual causes: a boot entry that the first boot has changed, a file system that it has grown or left unclean, a service that runs once and is wanted each time.',
    source,
  },
  {
    id: 'clone-does-not-shut-down',
    severity: 'warning',
    title: 'a clone does not go off when it is told to',
    reason:
      'It was told to shut down as the profile says, and was still on when the limit was over; then its plug was pulled. Whoever switches units off by their power button does the same in the end, with what was not written yet lost.',
    fix: 'Let something listen for the power button (systemd-logind, acpid), and see on the console which service did not stop. Where it is only slow, raise `limits.shutDown`; where it is meant to be unplugged, accept it.',
    source: 'ACPI 6.5, 4.8.3.1; logind.conf(5), HandlePowerKey=',
  },
  {
    id: 'proof-incomplete',
    severity: 'warning',
    leavesOpen: true,
    title: 'a part of the proof could not be done',
    reason:
      'The host or Assay itself failed, too few clones were started to compare them, or something that the profile names could not be read. Of the disk this says nothing, so that it is neither fit nor unfit in this regard.',
    fix: 'Mend what the evidence names, and validate again; on a busy host with --timeout-scale.',
    source,
  },
] as const satisfies readonly FindingKind[];

export type ProofFindingKind = (typeof proofFindingKinds)[number]['id'];
