import { readFile } from 'node:fs/promises';
import { isMap, isSeq, parseDocument } from 'yaml';
import { defaultLogicPath } from '../../images/index.ts';

/** What scenarios change of the delivered logic file; its steps stay, but for one that may be added. */
export interface LogicChanges {
  /** The system partitions that are tried, in order; without it those of the layout. */
  candidates?: readonly string[];
  /** How the candidates are checked: `quick`, `full`, or as the step `choose-partition` takes it. */
  check?: unknown;
  /** How the chosen one is started: `chain` or `kexec`. */
  by?: string;
  /** Whether partitions that are Dirty are restored before one is chosen (docs/logic-file.md, "Self-repair"). */
  selfRepair?: boolean;
}

/** As docs/logic-file.md has it. */
const selfRepairStep = {
  ...{ name: 'self-repair', do: 'recover-system', with: { only: 'dirty' } },
  ...{ timeLimit: '1h', mayFail: true },
};

/**
 * The text of a logic file: the delivered one with its options changed as text, as an operator would edit it.
 *
 * @param candidates Of the layout.
 */
export async function logicText(changes: LogicChanges, candidates: readonly string[]): Promise<string> {
  const document = parseDocument(await readFile(defaultLogicPath, 'utf8'));
  const steps = document.get('steps');
  const items = isSeq(steps) ? steps.items.filter((item) => isMap(item)) : [];
  const find = (kind: string) => {
    const step = items.find((item) => item.get('do') === kind);
    if (step === undefined) throw new Error(`the delivered logic file has no step ${kind}`);
    return step;
  };
  const change = (kind: string, key: string, value: unknown) =>
    find(kind).setIn(['with', key], document.createNode(value));
  change('choose-partition', 'candidates', changes.candidates ?? candidates);
  if (changes.check !== undefined) change('choose-partition', 'check', changes.check);
  if (changes.by !== undefined) change('continue-boot', 'by', changes.by);
  if (changes.selfRepair === true && isSeq(steps)) {
    steps.items.splice(steps.items.indexOf(find('choose-partition')), 0, document.createNode(selfRepairStep));
  }
  return String(document);
}
