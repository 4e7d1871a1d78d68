// Owns how a weight is written: as log-odds, or in the points that other filters count in.
import { z } from '#plugin-api';

const error = 'expected a number from -20 to 20';

export const logOdds = z.number({ error }).min(-20, { error }).max(20, { error });

/** Five points are spam to SpamAssassin, and 95 % here. */
export const logOddsOfPoint = 0.6;
