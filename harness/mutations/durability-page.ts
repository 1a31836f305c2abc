import { durabilitySteps } from '../../core/durability/durability-steps.ts';
import type { TrialOutcome } from './trial.ts';
import { uncaught } from './uncaught.ts';

const introduction = `# Durability

What the core promises over a power cut hangs on steps by which something becomes durable, or durable before something else: an
fsync, a flush, a write that takes away what would mislead the next start. They have names, all are in the table below, and a test
holds that nothing is synced in a guest beside them (\`core/durability/\`).

The **mutation check** leaves out one after the other and lets [the explorer of power cuts](explorer.md) look for the damage:

\`\`\`
npm run mutations                             all of them, each in a machine or on a disk in memory
npm run mutations -- --list                   the steps and what each is for
npm run mutations -- --step record-store.copy one step, and the same whole
npm run mutations -- --without-machines       what needs no kernel
npm run mutations -- --docs                   puts what was found into this page
\`\`\`

- **Whole, nothing may be found.** Each trial is explored without a mutation, too; that every state is legal then is what makes the other half say anything.
- **On disks in memory**: functions that write to raw disks run in the process of the check, their requests are a log for the explorer, and every state is looked at. It is deterministic; \`npm test\` does all but one of these.
- **In machines**: functions that need a file system or a block device of a kernel run in a small system with the catalogue's kernel and Node. The kernel writes nothing by itself there (no periodic writeback, a commit interval of ten minutes), so that what is lost does not depend on how quick the host is.
- **No switch ships.** A step can be left out only in the bundle that the check makes for itself. In all other bundles esbuild puts a constant in the place of the question, whatever a program sets.
- **A step that is never come to proves nothing**: the check fails when the step was not left out at least once.

**What kind of check this is.** It calls single functions of the core, from a guest program of its own that is bundled with them, on
disks that were made for the trial. It says whether a step is needed for what its function promises, and whether the explorer and a
judge would see that it is gone. It does not explore whole scenarios (a clone, a restart, an update) with a core that lacks a step, and
the program that runs is not the one that ships.

**What "caught" does not say.** It holds for the kernel as the check has set it up. In everyday settings the kernel may write early what
nobody synced, and hide that a step is missing: \`durable-file.content\` was not caught at first, for a disk that has written nothing
yet gets so small a share of the memory that may be dirty that the kernel wrote the file at once; only with a share of its own
(\`bdi/min_ratio\`, for each disk) was it caught, in the third set-up. So a step may be needed and "not caught" in another set-up; what
no state caught is therefore argued for below, and not taken for superfluous because of the count.

**On FAT** a rename is two entries of a folder. Where they lie in different sectors, a cut between the two syncs leaves two names that lead to
the same content; both read whole, and removing one of them damages the other. No order of user space closes that gap: it is open for the time of
one flush, and \`fsck.fat -n\` names such a pair. The trials have short folders, in which both entries lie in one sector.

A state is told as everywhere in the explorer: \`18:lost=15-17\` is a cut after 18 requests of which 15 to 17 are lost. Those of machines
belong to the run that found them, those of disks in memory are the same on every host. The table has the first state that was
found; in machines the kernel decides on the order of its requests, so that another run may name another one.
`;

/** The page of docs/durability.md, from the table of steps and what the last runs have found. */
export function durabilityPage(results: readonly TrialOutcome[]): string {
  const rows = durabilitySteps.map(({ id, promise }) => {
    const outcome = outcomeOf(id, results);
    return `| \`${id}\` | ${promise} | ${outcome} |`;
  });
  const open = Object.entries(uncaught).map(([id, { is, why }]) => `- \`${id}\`: **${is}**. ${why}`);
  return `${[
    introduction,
    '## The steps, and what catches their absence\n',
    '| step | what holds because of it | without it |\n|---|---|---|',
    ...rows,
    '',
    '## Steps that nothing catches\n',
    ...open,
    '',
    'Records were opened with O_SYNC, too, so that leaving out `record-store.copy` would have changed nothing on a disk: of the two, O_SYNC is gone.',
    '',
    '## Whole\n',
    '| trial | crash points | states, all legal |\n|---|---|---|',
    ...results
      .filter(({ step, failures }) => step === null && failures === 0)
      .map(({ trial, points, judged }) => `| ${trial} | ${points} | ${judged} |`),
  ].join('\n')}\n`;
}

function outcomeOf(id: string, results: readonly TrialOutcome[]): string {
  const found = results.filter(({ step }) => step === id);
  const caught = found.find(({ caughtBy }) => caughtBy !== undefined);
  if (caught !== undefined) {
    const { trial, caughtBy } = caught;
    return `${trial}, \`${caughtBy!.state}\`: ${caughtBy!.report}`;
  }
  const why = uncaught[id]?.is ?? 'not run';
  const [first] = found;
  return first === undefined ? why : `${first.trial}: not caught in ${first.judged} states, ${why}`;
}
