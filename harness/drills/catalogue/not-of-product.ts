import { AssayError } from '../../../foundation/index.ts';
import { drillsErrors } from '../errors.ts';
import type { FaultDeclaration } from '../fault-declaration.ts';

/**
 * The same fault; what keeps it from being injected is never the product's failure. The witness, which looks for the places
 * of a fault, has the product in mind: a file that is not on its disk is the product's, a file that a plan names is not.
 */
export function notOfProduct(fault: FaultDeclaration): FaultDeclaration {
  return {
    ...fault,
    async inject(target, parameters) {
      try {
        return await fault.inject(target, parameters);
      } catch (error) {
        if (!(error instanceof AssayError) || error.blame !== 'product') throw error;
        const tried = `inject ${fault.name} into machine ${target.machine.name}`;
        throw drillsErrors.DRILLS_INJECTION_FAILED({ tried, got: `${error.code}: ${error.message}` }, error);
      }
    },
  };
}
