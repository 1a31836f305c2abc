export { faultCatalogue } from './fault-catalogue.ts';
