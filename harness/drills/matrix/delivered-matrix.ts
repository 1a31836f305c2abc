/** The matrix that belongs to the scenarios here. */
export const deliveredMatrix = 'scenarios/drills.yaml';
