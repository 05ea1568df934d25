/* The parts of lanes, and room to walk at the ends of stays, one lane after the other. room.py calls this, and has checked every size.
 *
 * Arrays lie as numpy's do: [n, m] is n rows of m lanes. Nothing but + - * / and square roots is used.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "elementary.h"

enum { AXES = 3, W = 3, SUMS = 4 };

static const double SECOND_US = 1e6;

/* room.py says what they are. */
typedef struct {
    int64_t most_on_the_way, fewest_to_trim;
    double quick_m_s;
} Rules;

typedef struct {
    int64_t rows, lanes;
    const int64_t *held;       /* [m] */
    const int64_t *time_us;    /* [n, m] */
    const double *points;      /* metres: [3, n, m] */
    const double *deviation_m; /* [n, m] */
    const uint8_t *walks;      /* [n, m] */
    uint8_t *began;            /* [n, m] */
} Lanes;

typedef struct {
    int64_t first, last;
    double mean[AXES];
} Stay;

/* Over the fixes before each row, sums of x, y and z by their weights, and of these. */
static void add_up(const Lanes *all, int64_t lane, double (*before)[SUMS]) {
    int64_t cells = all->rows * all->lanes;
    for (int sum = 0; sum < SUMS; sum++) before[0][sum] = 0.0;
    for (int64_t row = 0; row < all->held[lane]; row++) {
        int64_t at = row * all->lanes + lane;
        double weight = 1.0 / (all->deviation_m[at] * all->deviation_m[at]);
        for (int axis = 0; axis < AXES; axis++)
            before[row + 1][axis] = before[row][axis] + all->points[axis * cells + at] * weight;
        before[row + 1][W] = before[row][W] + weight;
    }
}

/* Those that are long enough to be trimmed, and where they are: their number. */
static int64_t stays_of(const Rules *rules, const Lanes *all, int64_t lane, double (*before)[SUMS], Stay *stays) {
    int64_t number = 0, held = all->held[lane];
    for (int64_t first = 0, until; first < held; first = until) {
        for (until = first + 1; until < held && !all->began[until * all->lanes + lane];) until++;
        if (until - first < rules->fewest_to_trim || all->walks[first * all->lanes + lane]) continue;
        Stay *stay = stays + number++;
        stay->first = first;
        stay->last = until - 1;
        double weight = before[until][W] - before[first][W];
        for (int axis = 0; axis < AXES; axis++) stay->mean[axis] = (before[until][axis] - before[first][axis]) / weight;
    }
    return number;
}

static double off(const Lanes *all, int64_t lane, int64_t row, const Stay *stay) {
    int64_t cells = all->rows * all->lanes, at = row * all->lanes + lane;
    double squared = 0.0, apart;
    for (int axis = 0; axis < AXES; axis++) apart = all->points[axis * cells + at] - stay->mean[axis], squared += apart * apart;
    return sqrt(squared) / all->deviation_m[at];
}

/* Whether nobody gets from the one to the other in the time between them. */
static bool is_tight(const Rules *rules, const Lanes *all, int64_t lane, const Stay *one, const Stay *next) {
    double squared = 0.0, apart;
    for (int axis = 0; axis < AXES; axis++) apart = next->mean[axis] - one->mean[axis], squared += apart * apart;
    int64_t passed_us = all->time_us[next->first * all->lanes + lane] - all->time_us[one->last * all->lanes + lane];
    return sqrt(squared) > (double)passed_us / SECOND_US * rules->quick_m_s;
}

/* Lane, first and last row of each part: their number. */
int64_t ranges_of(int64_t lanes, const int64_t *held, const uint8_t *began, int64_t *lane, int64_t *first, int64_t *last) {
    int64_t part = -1;
    for (int64_t one = 0; one < lanes; one++)
        for (int64_t row = 0; row < held[one]; row++) {
            if (began[row * lanes + one] || !row) part++, lane[part] = one, first[part] = row;
            last[part] = row;
        }
    return part + 1;
}

/* 1: no memory. */
int make_room_to_walk(const Rules *rules, const Lanes *all) {
    double (*before)[SUMS] = malloc((size_t)(all->rows + 1) * sizeof *before);
    Stay *stays = malloc((size_t)(all->rows + 1) * sizeof *stays);
    int failed = !before || !stays;
    for (int64_t lane = 0; lane < all->lanes && !failed; lane++) {
        add_up(all, lane, before);
        bool again = true;
        for (int64_t round = 0; round < rules->most_on_the_way && again; round++) {
            again = false;
            int64_t number = stays_of(rules, all, lane, before, stays);
            for (Stay *one = stays; one + 1 < stays + number; one++) {
                if (!is_tight(rules, all, lane, one, one + 1)) continue;
                /* From whichever of both it takes the fix that is further off. */
                bool leaving = off(all, lane, one->last, one) >= off(all, lane, one[1].first, one + 1);
                all->began[(leaving ? one->last : one[1].first + 1) * all->lanes + lane] = 1;
                again = true;
            }
        }
    }
    free(before), free(stays);
    return failed;
}
