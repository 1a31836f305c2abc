// Without fonts: the reader's own are used, and nothing of them is loaded.
export { default } from 'vitepress/theme-without-fonts';

import './site.css';
