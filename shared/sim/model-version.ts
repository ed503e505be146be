/**
 * The version of the simulator's model. Raise it with every change after which the same scenario and seed may give
 * another result: it is part of each run's id, so that results of different models are never taken for each other.
 */
export const modelVersion = 2
