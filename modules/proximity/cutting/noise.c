/* The laws by which errors repeat. noise.py calls this, and has checked every size. */
#include <stdint.h>
#include <stdlib.h>

#include "elementary.h"

/* In four sums, so that none has to wait for the one before. */
static double sum_of(const double *values, int64_t size) {
    double sums[4] = {0.0}, rest = 0.0;
    int64_t at = 0;
    for (; at + 4 <= size; at += 4) for (int one = 0; one < 4; one++) sums[one] += values[at + one];
    for (; at < size; at++) rest += values[at];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest;
}

/* By each law, of errors that are 0 to `order` intervals apart: [1 + fading, order + 1, m]. By the first law errors swing,
 * with any of these periods; by the others they fade: so large a `share` of the variance, in so many seconds. 1: no
 * memory.
 */
int correlations_of(int64_t lanes, int64_t order, const double *interval_s, double swinging, int64_t swings,
                    const double *swings_s, int64_t fading, const double *share, const double *fades_s,
                    double *correlation) {
    double *room = malloc((3 * swings + 1) * sizeof *room);
    double *restrict turned = room, *restrict before = room + swings, *restrict swing = room + 2 * swings;
    for (int64_t lane = 0; room && lane < lanes; lane++) {
        for (int64_t one = 0; one < swings; one++) {
            before[one] = turned[one] = cosine_of_turns(interval_s[lane] / swings_s[one]);
            swing[one] = 1.0;
        }
        for (int64_t lag = 0; lag <= order; lag++) {
            correlation[lag * lanes + lane] = swinging * sum_of(swing, swings) / (double)swings;
            for (int64_t one = 0; one < swings; one++) {
                double now = swing[one];
                swing[one] = 2.0 * turned[one] * now - before[one]; /* of one more turn, from the last two */
                before[one] = now;
            }
        }
        for (int64_t law = 0; law < fading; law++) {
            double left = share[law], fades = exponential(-interval_s[lane] / fades_s[law]);
            for (int64_t lag = 0; lag <= order; lag++, left *= fades)
                correlation[((law + 1) * (order + 1) + lag) * lanes + lane] = left;
        }
        for (int64_t law = 0; law <= fading; law++) correlation[law * (order + 1) * lanes + lane] = 1.0 + 1e-9;
    }
    free(room);
    return !room;
}
