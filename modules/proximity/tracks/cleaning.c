/* Fixes side by side, one lane after the other: how far each may be off, without outliers, and where nobody knows what
 * was between two of them. cleaning.py calls this, and has checked every size and index.
 *
 * Arrays lie as numpy's do: [n, m] is n rows of m lanes. Nothing but + - * / and square roots is used.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"

enum { AXES = 3, AROUND = 2, NEARBY = 2 * AROUND + 1, FEWEST_WITH_OUTLIERS = 3 }; /* of two nobody knows which */

static const double SECOND_US = 1e6;

/* lanes.py says what they are. */
typedef struct {
    double radius_68, unknown_m, least_m, most_m, exact_m, longest_gap_s, longest_gap_intervals;
    double outlier_deviations, outlier_m_s, outlier_s;
} Rules;

/* By person and time. */
typedef struct {
    int64_t size;
    const int64_t *time_us;
    const double *points; /* metres: [3, size] */
    const float *accuracy_m;
} Fixes;

/* Of each lane the first of its fixes and their number, and what is made of them. */
typedef struct {
    int64_t rows, lanes;
    const int64_t *begin, *count;
    int64_t *held;
    double *origin; /* [3, m] */
    int64_t *time_us;
    double *points, *deviation_m; /* [3, n, m], [n, m] */
    uint8_t *is_exact, *gap_before;
    double *interval_s; /* [m] */
    int64_t *longest_gap_us;
} Lanes;

/* The accuracy of the phone, for its fixes that say none: 0 is what phones say that do not know. */
static double usual_accuracy(const Rules *rules, const float *accuracy_m, int64_t count, int64_t *room) {
    int64_t known = 0;
    for (int64_t row = 0; row < count; row++) {
        int32_t bits; /* those of numbers above 0 are in their order */
        memcpy(&bits, accuracy_m + row, sizeof bits);
        if (accuracy_m[row] > 0.0f) room[known++] = bits;
    }
    if (!known) return rules->unknown_m;
    int32_t bits = (int32_t)nth_smallest(room, known, (known - 1) / 2);
    float median;
    memcpy(&median, &bits, sizeof median);
    return median;
}

static double median_of_five(const double v[NEARBY]) {
    /* Neither the smallest of the five nor the largest, and as many below the one as above the other. */
    double low = larger(smaller(v[0], v[1]), smaller(v[2], v[3])), high = smaller(larger(v[0], v[1]), larger(v[2], v[3]));
    return larger(smaller(low, high), smaller(larger(low, high), v[4]));
}

/* Of up to five, of which it changes the order; of four the mean of both in the middle. */
static double median_of_few(double v[NEARBY], int64_t size) {
    for (int64_t at = 1; at < size; at++)
        for (int64_t back = at; back > 0 && v[back] < v[back - 1]; back--) {
            double before = v[back - 1];
            v[back - 1] = v[back], v[back] = before;
        }
    return (v[(size - 1) / 2] + v[size / 2]) / 2.0;
}

/* Whether a fix is far from the median of the five around it (fewer at the ends). */
static bool is_outlier(const Rules *rules, const Fixes *fixes, int64_t begin, int64_t count, int64_t row, double deviation_m) {
    int64_t first = at_least(row - AROUND, 0), until = at_most(row + AROUND + 1, count);
    double squared = 0.0;
    for (int axis = 0; axis < AXES; axis++) {
        const double *points = fixes->points + axis * fixes->size + begin;
        double nearby[NEARBY];
        for (int64_t at = first; at < until; at++) nearby[at - first] = points[at];
        double median = until - first == NEARBY ? median_of_five(nearby) : median_of_few(nearby, until - first);
        squared += (median - points[row]) * (median - points[row]);
    }
    const int64_t *time_us = fixes->time_us + begin;
    double passed_us = (double)(time_us[at_most(row + 1, count - 1)] - time_us[at_least(row - 1, 0)]);
    double allowed_m = rules->outlier_m_s * smaller(passed_us / SECOND_US / 2.0, rules->outlier_s);
    return sqrt(squared) > rules->outlier_deviations * deviation_m + allowed_m;
}

/* The next row of a lane. */
static void keep(Lanes *all, int64_t lane, const Fixes *fixes, int64_t at, double deviation_m, bool is_exact) {
    int64_t row = all->held[lane]++, cells = all->rows * all->lanes, to = row * all->lanes + lane;
    all->time_us[to] = fixes->time_us[at];
    all->deviation_m[to] = deviation_m;
    all->is_exact[to] = is_exact;
    for (int axis = 0; axis < AXES; axis++) {
        double point = fixes->points[axis * fixes->size + at], *origin = all->origin + axis * all->lanes + lane;
        if (!row) *origin = point;
        all->points[axis * cells + to] = point - *origin;
    }
}

static void look_for_gaps(const Rules *rules, Lanes *all, int64_t lane, int64_t *room) {
    int64_t lanes = all->lanes, between = all->held[lane] - 1;
    for (int64_t row = 0; row < between; row++)
        room[row] = all->time_us[(row + 1) * lanes + lane] - all->time_us[row * lanes + lane];
    double interval_s = between > 0 ? (double)nth_smallest(room, between, (between - 1) / 2) / SECOND_US : 0.0;
    double longest_us = larger(rules->longest_gap_s, rules->longest_gap_intervals * interval_s) * SECOND_US;
    for (int64_t row = 0; row < between; row++) all->gap_before[(row + 1) * lanes + lane] = (double)room[row] > longest_us;
    all->interval_s[lane] = interval_s;
    all->longest_gap_us[lane] = (int64_t)longest_us;
}

/* Rows beyond those that a lane holds are left as they are. 1: no memory. */
int cleaned(const Rules *rules, const Fixes *fixes, Lanes *all) {
    int64_t *room = malloc((size_t)(all->rows + 1) * sizeof *room);
    for (int64_t lane = 0; room && lane < all->lanes; lane++) {
        int64_t begin = all->begin[lane], count = all->count[lane];
        double usual_m = usual_accuracy(rules, fixes->accuracy_m + begin, count, room);
        for (int64_t row = 0; row < count; row++) {
            float said_m = fixes->accuracy_m[begin + row];
            double accuracy_m = smaller(said_m > 0.0f ? said_m : usual_m, rules->most_m);
            bool is_exact = accuracy_m <= rules->exact_m;
            double deviation_m = larger(accuracy_m, is_exact ? rules->exact_m / 2.0 : rules->least_m) / rules->radius_68;
            if (is_exact || count < FEWEST_WITH_OUTLIERS || !is_outlier(rules, fixes, begin, count, row, deviation_m))
                keep(all, lane, fixes, begin + row, deviation_m, is_exact);
        }
        look_for_gaps(rules, all, lane, room);
    }
    free(room);
    return !room;
}
