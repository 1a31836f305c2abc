import { readFile } from 'node:fs/promises';
import { isMap, isSeq, parseDocument } from 'yaml';
import { defaultLogicPath } from '../../images/index.ts';

/** What scenarios change of the delivered logic file; its steps stay. */
export interface LogicChanges {
  /** The system partitions that are tried, in order; without it those of the layout. */
  candidates?: readonly string[];
  /** How the candidates are checked: `quick`, `full`, or as the step `choose-partition` takes it. */
  check?: unknown;
  /** How the chosen one is started: `chain` or `kexec`. */
  by?: string;
}

/**
 * The text of a logic file: the delivered one with its options changed as text, as an operator would edit it.
 *
 * @param candidates Of the layout.
 */
export async function logicText(changes: LogicChanges, candidates: readonly string[]): Promise<string> {
  const document = parseDocument(await readFile(defaultLogicPath, 'utf8'));
  const change = (kind: string, key: string, value: unknown) => {
    const steps = document.get('steps');
    const step = isSeq(steps)
      ? steps.items.find((item) => isMap(item) && item.get('do') === kind)
      : undefined;
    if (!isMap(step)) throw new Error(`the delivered logic file has no step ${kind}`);
    step.setIn(['with', key], document.createNode(value));
  };
  change('choose-partition', 'candidates', changes.candidates ?? candidates);
  if (changes.check !== undefined) change('choose-partition', 'check', changes.check);
  if (changes.by !== undefined) change('continue-boot', 'by', changes.by);
  return String(document);
}
