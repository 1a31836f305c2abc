import { join } from 'node:path';
import type { DefaultTheme, HeadConfig, Plugin, UserConfigFn } from 'vitepress';
import { linkErrorCodes } from '../error-code-links.ts';
import { headingAnchor } from '../heading-anchor.ts';
import { sidebars, topBar } from '../navigation.ts';
import { mapPageLinks } from '../page-links.ts';

const icon = encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#2b6a5b"/><path d="m4.5 8.3 2.4 2.4 4.6-5" fill="none" stroke="#fff" stroke-width="1.8"/></svg>',
);

/** Browsers load nothing from elsewhere, whatever a page may say. The development server needs its socket. */
const policy =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'";

/** Pages above this folder are compiled to modules, and find what those import among the packages of the site. */
const packagesOfTheSite: Plugin = {
  name: 'packages-of-the-site',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!/^vue(?:\/|$)/.test(source) || importer === undefined || !importer.includes('.md')) return null;
    return this.resolve(source, join(import.meta.dirname, 'config.ts'), { skipSelf: true });
  },
};

const config: UserConfigFn<DefaultTheme.Config> = ({ command }) => {
  const policyHead: HeadConfig[] =
    command === 'build' ? [['meta', { 'http-equiv': 'Content-Security-Policy', content: policy }]] : [];
  return {
    title: 'Assay',
    description: 'Proves a golden master disk on emulated hardware before it is cloned.',
    lang: 'en',
    head: [...policyHead, ['link', { rel: 'icon', href: `data:image/svg+xml,${icon}` }]],
    // The pages are those of the repository; what is generated joins them.
    srcDir: '..',
    srcExclude: ['README.md', 'site/node_modules/**', 'site/dist/**'],
    rewrites: {
      'site/index.md': 'index.md',
      'site/changelog.md': 'changelog.md',
      'site/generated/:path*': ':path*',
    },
    cacheDir: './.vitepress/cache',
    // Links are checked when the site is built, with their anchors, all in one go (site-problems.ts).
    ignoreDeadLinks: true,
    vite: { plugins: [packagesOfTheSite] },
    markdown: {
      anchor: { slugify: headingAnchor },
      config: (markdown) => {
        mapPageLinks(markdown);
        linkErrorCodes(markdown);
      },
    },
    themeConfig: {
      nav: topBar,
      sidebar: sidebars(),
      outline: { level: [2, 3], label: 'On this page' },
      search: { provider: 'local' },
      docFooter: { prev: 'Before', next: 'Next' },
      notFound: {
        title: 'Not found',
        quote: 'There is no page at this address.',
        linkText: 'To the first page',
      },
    },
  };
};

export default config;
