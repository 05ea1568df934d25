/* When two were within a distance of each other, by their ways: one pair of persons after the other, and of them each
 * two pieces at the same time. stretches.py calls this, and has checked every size and index.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "chance.h"

enum { NODES = 4, LOOKS = 5, MOST_LOOKS = 100 }; /* a border never takes a third more looks than halving would */

static const double SECOND_US = 1e6;
static const double MOST_DEVIATIONS = 4.0; /* further beyond the distance, nothing is likely */
static const double ROUNDING_M = 1e-6;
static const double TOLERANCE_S = 1e-7;    /* of a border: well below the microsecond that times are rounded to */

/* The chance is averaged over a stretch by Gauss-Legendre quadrature. Where a stretch is cut in two the mean changes by
 * 0.0007 at most in 99 of 100 cuts; with as many middles of equal parts it would by 0.006. Both on [0, 1].
 */
static const double NODE[NODES] = {0.06943184420297371, 0.33000947820757187, 0.6699905217924281, 0.9305681557970262};
static const double WEIGHT[NODES] = {0.17392742256872692, 0.3260725774312731, 0.3260725774312731, 0.17392742256872692};

typedef struct {
    int64_t size;
    const int64_t *start_us, *end_us;
    const double *start, *end; /* metres, geocentric: [3, size] */
    const double *start_m2, *end_m2, *bend_m2;
} Ways;

/* What a piece never leaves: most pairs are too far apart, which is seen by these alone. */
typedef struct {
    double middle[3], radius_m, most_m2;
} Ball;

typedef struct {
    const Ways *ways;
    Ball *balls; /* [size] */
} Side;

/* Of each pair of persons the pieces of both, up to before `until`; `next` is the first pair that is left to do. */
typedef struct {
    int64_t size, next;
    const int64_t *own_first, *own_until, *other_first, *other_until;
} Ranges;

/* Of a stretch that goes on before or after a span of time, what lies in it is noted. */
typedef struct {
    int64_t from_us, until_us;
    double distance_m, min_chance;
    const Chance *chance;
} Asked;

typedef struct {
    int64_t capacity, size;
    int64_t *pair, *own, *other; /* the pair, and the piece of each of both */
    int64_t *started_us, *ended_us, *closest_us, *chance_ns;
    double *closest_m, *closest_sd_m;
} Found;

/* While both move steadily the way between them is D + V t, and its variance a parabola. */
typedef struct {
    int64_t from_us, until_us;
    double lasts_s, apart[3], change[3];
    double start_m2, end_m2, bend_m2;
} Pair;

static inline double part_of(const Ways *ways, int64_t piece, double since_us) {
    return since_us / (double)at_least(ways->end_us[piece] - ways->start_us[piece], 1);
}

static inline double variance_at(double start_m2, double end_m2, double bend_m2, double done) {
    double left = 1.0 - done;
    return left * left * start_m2 + done * done * end_m2 + left * done * bend_m2;
}

static inline double variance_of(const Ways *ways, int64_t piece, double done) {
    return variance_at(ways->start_m2[piece], ways->end_m2[piece], ways->bend_m2[piece], done);
}

static inline double place_of(const Ways *ways, int axis, int64_t piece, double done) {
    double start = ways->start[axis * ways->size + piece], end = ways->end[axis * ways->size + piece];
    return start + (end - start) * done;
}

/* NULL: there is no memory for them. */
static Ball *balls_of(const Ways *ways) {
    Ball *balls = malloc((size_t)(ways->size + 1) * sizeof *balls);
    for (int64_t piece = 0; balls && piece < ways->size; piece++) {
        double squared = 0.0;
        for (int axis = 0; axis < 3; axis++) {
            double start = ways->start[axis * ways->size + piece], end = ways->end[axis * ways->size + piece];
            balls[piece].middle[axis] = (start + end) / 2.0;
            squared += (end - start) * (end - start);
        }
        balls[piece].radius_m = sqrt(squared) / 2.0;
        /* The parabola is a mean of these three. */
        balls[piece].most_m2 = larger(larger(ways->start_m2[piece], ways->end_m2[piece]), ways->bend_m2[piece] / 2.0);
    }
    return balls;
}

static inline bool too_far(const Ball *one, const Ball *other, double distance_m) {
    double squared = 0.0, off;
    for (int axis = 0; axis < 3; axis++) off = one->middle[axis] - other->middle[axis], squared += off * off;
    double near_m = distance_m + MOST_DEVIATIONS * sqrt(one->most_m2 + other->most_m2);
    double reach_m = near_m + one->radius_m + other->radius_m + ROUNDING_M;
    return squared > reach_m * reach_m;
}

/* How far apart so many seconds after the beginning, in metres, and the variance. */
static inline double seen(const Pair *pair, double at_s, double *variance_m2) {
    double x = pair->apart[0] + pair->change[0] * at_s, y = pair->apart[1] + pair->change[1] * at_s;
    double z = pair->apart[2] + pair->change[2] * at_s;
    double done = pair->lasts_s > 0.0 ? at_s / pair->lasts_s : at_s;
    *variance_m2 = variance_at(pair->start_m2, pair->end_m2, pair->bend_m2, done);
    return sqrt(x * x + y * y + z * z);
}

static inline double chance_at(const Pair *pair, const Asked *asked, double at_s) {
    double variance_m2, apart_m = seen(pair, at_s, &variance_m2);
    return chance_within(asked->chance, asked->distance_m, apart_m, variance_m2);
}

/* When they were closest, from there to there. */
static inline double closest_s(const Pair *pair, double from_s, double until_s) {
    double speed = 0.0, nearing = 0.0;
    for (int axis = 0; axis < 3; axis++) {
        speed += pair->change[axis] * pair->change[axis];
        nearing -= pair->apart[axis] * pair->change[axis];
    }
    return smaller(larger(nearing / (speed > 0.0 ? speed : 1.0), from_s), until_s);
}

/* Both pieces as far as they are at the same time. False: never, or too far apart for anything. */
static bool paired(const Ways *own, int64_t mine, const Ways *others, int64_t theirs, double distance_m, Pair *pair) {
    int64_t from_us = at_least(own->start_us[mine], others->start_us[theirs]);
    int64_t until_us = at_most(own->end_us[mine], others->end_us[theirs]);
    /* Who only touches is together for no time, but where a fix stands alone. */
    bool alone = own->start_us[mine] == own->end_us[mine] || others->start_us[theirs] == others->end_us[theirs];
    if (from_us > until_us || (from_us == until_us && !alone)) return false;
    pair->from_us = from_us;
    pair->until_us = until_us;
    pair->lasts_s = (double)(until_us - from_us) / SECOND_US;
    double mine_from = part_of(own, mine, (double)(from_us - own->start_us[mine]));
    double mine_until = part_of(own, mine, (double)(until_us - own->start_us[mine]));
    double mine_half = part_of(own, mine, (double)(from_us + until_us - 2 * own->start_us[mine]) / 2.0);
    double theirs_from = part_of(others, theirs, (double)(from_us - others->start_us[theirs]));
    double theirs_until = part_of(others, theirs, (double)(until_us - others->start_us[theirs]));
    double theirs_half = part_of(others, theirs, (double)(from_us + until_us - 2 * others->start_us[theirs]) / 2.0);
    pair->start_m2 = variance_of(own, mine, mine_from) + variance_of(others, theirs, theirs_from);
    pair->end_m2 = variance_of(own, mine, mine_until) + variance_of(others, theirs, theirs_until);
    double half_m2 = variance_of(own, mine, mine_half) + variance_of(others, theirs, theirs_half);
    pair->bend_m2 = 4.0 * half_m2 - pair->start_m2 - pair->end_m2;
    double lasts_s = pair->lasts_s > 0.0 ? pair->lasts_s : 1.0;
    for (int axis = 0; axis < 3; axis++) {
        double apart = place_of(others, axis, theirs, theirs_from) - place_of(own, axis, mine, mine_from);
        double in_the_end = place_of(others, axis, theirs, theirs_until) - place_of(own, axis, mine, mine_until);
        pair->apart[axis] = apart;
        pair->change[axis] = (in_the_end - apart) / lasts_s;
    }
    double most_m2 = larger(larger(pair->start_m2, pair->end_m2), half_m2), variance_m2;
    double closest_m = seen(pair, closest_s(pair, 0.0, pair->lasts_s), &variance_m2);
    return closest_m <= distance_m + MOST_DEVIATIONS * sqrt(most_m2);
}

/* Where on the way from x1 to x2 to look next: inverse quadratic interpolation where that is safe, else the middle. */
static inline double next_part(const double x[3], const double f[3]) {
    double xi = (x[0] - x[1]) / (x[2] - x[1]), phi = (f[0] - f[1]) / (f[2] - f[1]);
    if (!(phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi)) return 0.5;
    double alpha = (x[2] - x[0]) / (x[1] - x[0]);
    return f[0] / (f[0] - f[1]) * f[2] / (f[2] - f[1]) - alpha * f[0] / (f[2] - f[0]) * f[1] / (f[1] - f[2]);
}

/* The last moment inside, where the chance is min_chance or more, of a bracket: by T. R. Chandrupatla, A new hybrid
 * quadratic/bisection algorithm for finding the zero of a nonlinear function without using derivatives, Advances in
 * Engineering Software 28, 1997. A smooth border takes six or seven looks, one at a jump thirty.
 */
static double border(const Pair *pair, const Asked *asked, const double at_s[2], const double chance[2]) {
    /* x[0] was looked at last, the border is between x[0] and x[1], and x[2] was given up for x[0]. */
    double x[3] = {at_s[0], at_s[1], 0.0};
    double f[3] = {chance[0] - asked->min_chance, chance[1] - asked->min_chance, 0.0}, part = 0.5;
    for (int look = 0; look < MOST_LOOKS && fabs(x[1] - x[0]) > TOLERANCE_S; look++) {
        double at = x[0] + part * (x[1] - x[0]), value = chance_at(pair, asked, at) - asked->min_chance;
        if ((value >= 0.0) == (f[0] >= 0.0)) {
            x[2] = x[0], f[2] = f[0];
        } else {
            x[2] = x[1], f[2] = f[1];
            x[1] = x[0], f[1] = f[0];
        }
        x[0] = at, f[0] = value;
        double least = TOLERANCE_S / fabs(x[1] - x[0]);
        if (least >= 1.0) break;
        part = smaller(larger(next_part(x, f), least / 2.0), 1.0 - least / 2.0);
    }
    return f[0] >= 0.0 ? x[0] : x[1];
}

static inline double since(const Pair *pair, int64_t at_us) { return (double)(at_us - pair->from_us) / SECOND_US; }

/* False: there is no room for it. */
static bool noted(const Pair *pair, const Asked *asked, double from_s, double until_s, int64_t nth, int64_t mine,
                  int64_t theirs, Found *found) {
    int64_t started_us = pair->from_us + (int64_t)rint(from_s * SECOND_US);
    int64_t ended_us = pair->from_us + (int64_t)rint(until_s * SECOND_US);
    if (started_us < asked->from_us) started_us = asked->from_us, from_s = since(pair, started_us);
    if (ended_us > asked->until_us) ended_us = asked->until_us, until_s = since(pair, ended_us);
    if (ended_us < started_us || (ended_us == started_us && pair->from_us != pair->until_us)) return true;
    if (found->size == found->capacity) return false;
    double mean = 0.0, variance_m2, closest = closest_s(pair, from_s, until_s);
    for (int node = 0; node < NODES; node++)
        mean += WEIGHT[node] * chance_at(pair, asked, from_s + (until_s - from_s) * NODE[node]);
    int64_t at = found->size++;
    found->pair[at] = nth;
    found->own[at] = mine;
    found->other[at] = theirs;
    found->started_us[at] = started_us;
    found->ended_us[at] = ended_us;
    found->closest_us[at] = pair->from_us + (int64_t)rint(closest * SECOND_US);
    found->chance_ns[at] = (int64_t)rint(1000.0 * mean * (double)at_least(ended_us - started_us, 1));
    found->closest_m[at] = seen(pair, closest, &variance_m2);
    found->closest_sd_m[at] = sqrt(variance_m2);
    return true;
}

/* The stretches in which the chance is large enough, by time. False: there is no room for them. */
static bool stretches(const Pair *pair, const Asked *asked, int64_t nth, int64_t mine, int64_t theirs, Found *found) {
    /* Before and after the closest moment the chance falls, or nearly: five times between which it crosses once at
     * most. */
    double lasts = pair->lasts_s, closest = closest_s(pair, 0.0, lasts), began_s = 0.0;
    double at_s[LOOKS] = {0.0, closest / 2.0, closest, (closest + lasts) / 2.0, lasts}, chance[LOOKS];
    for (int look = 0; look < LOOKS; look++) chance[look] = chance_at(pair, asked, at_s[look]);
    bool inside = chance[0] >= asked->min_chance;
    for (int look = 1; look < LOOKS; look++) {
        if ((chance[look] >= asked->min_chance) == inside) continue;
        int in = inside ? look - 1 : look, out = inside ? look : look - 1;
        double border_s = border(pair, asked, (double[]){at_s[in], at_s[out]}, (double[]){chance[in], chance[out]});
        if (inside && !noted(pair, asked, began_s, border_s, nth, mine, theirs, found)) return false;
        inside = !inside;
        began_s = border_s;
    }
    return !inside || noted(pair, asked, began_s, lasts, nth, mine, theirs, found);
}

static bool met(const Side *one, const Side *other, const Ranges *pairs, int64_t nth, const Asked *asked, Found *found) {
    const Ways *own = one->ways, *others = other->ways;
    int64_t until = pairs->own_until[nth], first = pairs->own_first[nth];
    Pair pair;
    for (int64_t theirs = pairs->other_first[nth]; theirs < pairs->other_until[nth]; theirs++) {
        first = lower_bound(own->end_us, first, until, others->start_us[theirs]);
        for (int64_t mine = first; mine < until && own->start_us[mine] <= others->end_us[theirs]; mine++)
            if (!too_far(one->balls + mine, other->balls + theirs, asked->distance_m) && paired(own, mine, others, theirs, asked->distance_m, &pair) &&
                !stretches(&pair, asked, nth, mine, theirs, found))
                return false;
    }
    return true;
}

/* Stretches of as many pairs as there is room for, from the next one on. Not 0: there is no memory. */
int stretches_of(const Ways *own, const Ways *others, Ranges *pairs, const Asked *asked, Found *found) {
    Side one = {own, balls_of(own)}, other = {others, balls_of(others)};
    bool room = one.balls && other.balls;
    for (found->size = 0; room && pairs->next < pairs->size;) {
        int64_t before = found->size;
        room = met(&one, &other, pairs, pairs->next, asked, found);
        if (room) pairs->next++;
        else found->size = before;
    }
    bool failed = !one.balls || !other.balls;
    free(one.balls);
    free(other.balls);
    return failed;
}
