/* chance.h for whole columns: called by chance.py. */
#include "chance.h"

void chances_within(const Chance *chance, double distance_m, int64_t size, const double *apart_m,
                    const double *variance_m2, double *found) {
    for (int64_t at = 0; at < size; at++) found[at] = chance_within(chance, distance_m, apart_m[at], variance_m2[at]);
}
