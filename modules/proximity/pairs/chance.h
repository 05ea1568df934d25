/* The chance that two are within a distance of each other (chance.py says whence it comes). */
#ifndef CHANCE_H
#define CHANCE_H

#include <math.h>
#include <stdint.h>

#include "elementary.h"

/* What is known before anything is seen, and the table of the Rice distribution. */
typedef struct {
    int64_t rows, columns;
    double company, company_m2, known_m2;
    double most_off, columns_a_deviation, rows_a_fold, least_row;
    const double *table, *slopes; /* [rows, columns] */
} Chance;

/* The share of the Rice distribution up to `reach`; both in standard deviations. */
static inline double share_within(const Chance *chance, double apart, double reach, double log_reach) {
    double column = (apart - reach + chance->most_off) * chance->columns_a_deviation;
    double row = log_reach * chance->rows_a_fold - chance->least_row;
    column = smaller(larger(column, 0.0), (double)(chance->columns - 1));
    row = smaller(larger(row, 0.0), (double)(chance->rows - 1));
    int64_t left = (int64_t)column, low = (int64_t)row;
    if (left > chance->columns - 2) left = chance->columns - 2;
    if (low > chance->rows - 2) low = chance->rows - 2;
    double right = column - (double)left, up = row - (double)low;
    int64_t at = low * chance->columns + left;
    double below = chance->table[at] + right * chance->slopes[at];
    at += chance->columns;
    return below + up * (chance->table[at] + right * chance->slopes[at] - below);
}

/* For means so far apart; the variance is the sum of both persons', on one axis. */
static inline double chance_within(const Chance *chance, double distance_m, double apart_m, double variance_m2) {
    double variance = larger(variance_m2 - chance->known_m2, 1e-12);
    double all = variance + chance->company_m2, narrower = chance->company_m2 / all;
    double weight = chance->company * narrower * exponential(-(apart_m * apart_m) / (2.0 * all));
    double deviation = sqrt(variance), narrow = sqrt(narrower);
    double apart = apart_m / deviation, reach = distance_m / deviation;
    double log_reach = logarithm(reach), log_wider = log_reach - 0.5 * logarithm(narrower);
    double alone = share_within(chance, apart, reach, log_reach);
    double together = share_within(chance, apart * narrow, reach / narrow, log_wider);
    return (weight * together + alone) / (1.0 + weight);
}

#endif
