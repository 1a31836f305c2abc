import { type Application, pagePort } from '../application.ts';
import { AdministrationPage } from './administration-page.ts';

/** The web administration as an installed application (spec M5). */
export const application: Application = {
  start: async (_context, host) => await AdministrationPage.listen(host, pagePort),
};
