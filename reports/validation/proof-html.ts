import { formatDuration } from '../duration-text.ts';
import { html, type Markup } from '../html/markup.ts';
import { counted, saidLine, saidText } from '../html/page-text.ts';
import type { ComparedIdentity, DivergedFile, Divergence, ProofReport } from './proof-report.ts';
import { clonesWords, identityWords, isAmiss, togetherSentence } from './proof-words.ts';

/** In rows. */
const longestTable = 200;

/** What was seen when clones were started, as sections of the page. */
export function proofSections(proof: ProofReport): Markup {
  return html`
    ${clonesSection(proof)}
    ${identitiesSection(proof)}
    ${proof.divergence && divergenceSection(proof.divergence, proof.clones.length)}
    ${togetherSection(proof)}
    ${drillsSection(proof)}
  `;
}

function clonesSection({ clones, runFolder, runId, qemuVersion, accelerator, seed }: ProofReport): Markup {
  const rows = clones.flatMap(({ name, hardware, boots }) =>
    boots.map(
      ({ number, readyMs, shutDownMs, failure }) => html`<tr>
        <td>${saidLine(name)}</td>
        <td>${number}</td>
        <td>${readyMs === undefined ? '–' : formatDuration(readyMs)}</td>
        <td>${shutDownMs === undefined ? '–' : formatDuration(shutDownMs)}</td>
        <td>${failure === undefined ? 'ready' : saidLine(failure)}</td>
        <td><code>${saidLine([hardware.mac, hardware.smbiosSerial].flatMap((text) => text ?? []).join(' '))}</code></td>
      </tr>`,
    ),
  );
  return section(
    'clones',
    clonesWords(clones),
    html`<p class="dim">Run <code>${saidLine(runId)}</code> in <code>${saidLine(runFolder)}</code>: consoles, events and recordings. QEMU ${saidLine(qemuVersion)}, ${saidLine(accelerator)}, seed <code>${saidLine(seed)}</code>.</p>
    ${table(['clone', 'boot', 'ready after', 'off after', 'what came of it', 'machine'], rows)}`,
  );
}

function identitiesSection({ identities }: ProofReport): Markup {
  if (identities.length === 0) return null;
  const sorted = [...identities].sort((one, other) => Number(isAmiss(other)) - Number(isAmiss(one)));
  return section(
    'identities',
    'Identities',
    table(['identity', 'from', 'expected', 'seen', 'values'], sorted.slice(0, longestTable).map(identityRow)),
  );
}

function identityRow(identity: ComparedIdentity): Markup {
  const values = identity.values.map(
    ({ clone, boot, value }) => `${clone}, boot ${boot}: ${value ?? 'none'}`,
  );
  return html`<tr>
    <td>${saidLine(identity.name)}</td>
    <td><code>${saidLine(identity.from)}</code></td>
    <td>${identity.differs ? 'differs' : 'may be equal'}, ${identity.stays ? 'stays' : 'may change'}</td>
    <td>${isAmiss(identity) ? html`<strong>${identityWords(identity)}</strong>` : identityWords(identity)}</td>
    <td><details><summary>${counted(values.length, 'reading')}</summary><ul>${values.map((value) => html`<li><code>${saidLine(value)}</code></li>`)}</ul></details></td>
  </tr>`;
}

function divergenceSection(divergence: Divergence, clones: number): Markup {
  const { blockBytes, files, furtherFiles, places, sameOnAllBlocks } = divergence;
  const changed = divergence.clones.map(({ name, changedBlocks }) => `${name} ${changedBlocks}`).join(', ');
  return section(
    'divergence',
    'What clones have changed',
    html`<p>Blocks of ${blockBytes} bytes: ${saidLine(changed)}. Changed by all ${clones} to the same: ${sameOnAllBlocks}.</p>
    ${table(
      ['where', 'changed', 'the same on all'],
      places.map(
        (place) =>
          html`<tr><td>${saidLine(place.where)}</td><td>${place.changedBlocks}</td><td>${place.sameOnAllBlocks}</td></tr>`,
      ),
    )}
    <details><summary>${counted(files.length + furtherFiles, 'file')} made, changed or removed</summary>
      ${table(['file', '', 'on', 'size', 'bits a byte'], files.map(fileRow))}
      ${furtherFiles > 0 && html`<p class="dim">${furtherFiles} more are not listed.</p>`}
    </details>`,
  );
}

function fileRow({ where, how, on, isSameOnAll, sizeBytes, entropyBits }: DivergedFile): Markup {
  return html`<tr>
    <td>${saidLine(where)}</td>
    <td>${how}${isSameOnAll ? ', the same on all' : ''}</td>
    <td>${saidLine(on.join(', '))}</td>
    <td>${sizeBytes}</td>
    <td>${entropyBits === undefined ? '' : entropyBits.toFixed(2)}</td>
  </tr>`;
}

function togetherSection({ together }: ProofReport): Markup {
  if (together.length === 0) return null;
  return section(
    'together',
    'Original and clone in one machine',
    html`<ul>${together.map((attached) => html`<li>${saidText(togetherSentence(attached))}</li>`)}</ul>`,
  );
}

function drillsSection({ drills }: ProofReport): Markup {
  if (drills.length === 0) return null;
  const rows = drills.map(
    ({ damage, outcome, recoveryMs, failure }) => html`<tr>
      <td>${damage.map((text) => html`<code>${saidLine(text)}</code> `)}</td>
      <td>${outcome}</td>
      <td>${recoveryMs === undefined ? '–' : formatDuration(recoveryMs)}</td>
      <td>${failure === undefined ? '' : saidLine(failure)}</td>
    </tr>`,
  );
  return section('drills', 'Drills', table(['damage', 'outcome', 'ready again after', ''], rows));
}

function section(id: string, title: string, content: Markup): Markup {
  return html`<section aria-labelledby=${id}><h2 id=${id}>${title}</h2>${content}</section>`;
}

function table(columns: readonly string[], rows: readonly Markup[]): Markup {
  return html`<div class="scroll"><table>
    <thead><tr>${columns.map((column) => html`<th>${column}</th>`)}</tr></thead>
    <tbody>${rows}</tbody>
  </table></div>`;
}
