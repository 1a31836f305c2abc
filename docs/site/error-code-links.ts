import type { MarkdownRenderer } from 'vitepress';
import { errorPages } from './error-pages.ts';
import { headingAnchor } from './heading-anchor.ts';

type Token = ReturnType<MarkdownRenderer['parseInline']>[number];

/** Every error code that stands in a text leads to its explanation. */
export function linkErrorCodes(markdown: MarkdownRenderer): void {
  const places = new Map(
    errorPages().flatMap(({ name, codes }) =>
      codes.map((code) => [code, `/errors/${name}.md#${headingAnchor(code)}`] as const),
    ),
  );
  markdown.core.ruler.push('error-codes', ({ tokens, Token }) => {
    const link = (code: string, inner: Token): Token[] => {
      const open = new Token('link_open', 'a', 1);
      open.attrs = [['href', places.get(code)!]];
      return [open, inner, new Token('link_close', 'a', -1)];
    };
    const split = (token: Token): Token[] => {
      if (token.type === 'code_inline' && places.has(token.content)) return link(token.content, token);
      if (token.type !== 'text') return [token];
      return token.content.split(/\b([A-Z]+(?:_[A-Z]+)+)\b/).flatMap((text) => {
        const part = new Token('text', '', 0);
        part.content = text;
        if (!places.has(text)) return text === '' ? [] : [part];
        const code = new Token('code_inline', 'code', 0);
        code.content = text;
        return link(text, code);
      });
    };
    tokens.forEach((token, index) => {
      if (token.children === null || tokens[index - 1]?.type === 'heading_open') return;
      let depth = 0;
      token.children = token.children.flatMap((child) => {
        if (child.type === 'link_open') depth += 1;
        if (child.type === 'link_close') depth -= 1;
        return depth > 0 ? [child] : split(child);
      });
    });
  });
}
