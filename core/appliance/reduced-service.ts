import { pagePort } from '../applications/application.ts';
import { AdministrationPage } from '../applications/web-administration/administration-page.ts';
import type { ApplicationSet } from './application-set.ts';

/**
 * The page without the installed applications: for an appliance that is reachable and not serving, such as one whose
 * identity is in conflict (spec M8a), and for the emergency system.
 */
export async function startReducedPage(applications: ApplicationSet): Promise<void> {
  applications.add('page', await AdministrationPage.listen(applications, pagePort));
}
