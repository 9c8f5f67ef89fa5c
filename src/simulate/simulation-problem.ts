/** It cannot be done as asked, in a sentence for whoever asked. */
export class SimulationProblem extends Error {}
