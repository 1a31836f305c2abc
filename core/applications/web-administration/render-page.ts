/**
 * The administration page: what the appliance says of itself, as a table. Plain HTML without scripts, because it
 * is the only face of a machine without a screen and has to work in whatever browser is at hand.
 */
export function renderPage(status: Record<string, unknown>): string {
  const rows = Object.entries(status)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(
      ([name, value]) => `<tr><th scope="row">${escapeHtml(nameOf(name))}</th><td>${cell(value)}</td></tr>`,
    );
  const title = `${status.hostName ?? 'appliance'}: ${status.state ?? 'unknown'}`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 sans-serif;margin:2em auto;max-width:44em;padding:0 1em}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4em;border-bottom:1px solid #ccc;
vertical-align:top;overflow-wrap:anywhere}th{width:12em}</style></head>
<body><h1>${escapeHtml(title)}</h1>
<table>${rows.join('\n')}</table>
</body></html>
`;
}

/** `identityNumber` becomes “Identity number”. */
function nameOf(key: string): string {
  const words = key.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function cell(value: unknown): string {
  if (Array.isArray(value)) return value.map(cell).join('<br>') || 'none';
  return escapeHtml(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
