/* The cutting of tracks into stays and straight walks: optimal partitioning with PELT's pruning, one lane after the
 * other. partition.py says what is made as small as can be, noise.py what a fix adds to the sums of its part; kernel.py
 * calls this, and has checked every size and index.
 *
 * Arrays lie as numpy's do: [n, m] is n rows of m lanes. Nothing but + - * / and square roots is used, which IEEE 754
 * rounds in one way: every machine finds the same.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"

enum { ONE, U, X, Y, Z, VALUES = 6 };                            /* of a fix, over its deviation; a pad makes pairs */
enum { W, WU, WUU, WZZ, WX, WY, WZ, WUX, WUY, WUZ, LEFT, SUMS }; /* of a part */
enum { OPEN = 24, FEWEST_OF_A_WALK = 3 };                        /* OPEN candidates for where the last part began */

static const double PRICE_OF_WALK = 3.0, WALKING_M_S = 0.9, FASTEST_M_S = 2.5, SLOWEST_WALK_M_S = 0.2;
static const double SLACK = 1.0;   /* pruned is what costs so much more: where filters begin anew, the rule is no proof */
static const double NEGLIGIBLE = 8.0; /* of a sum, what costs so much more */
static const double LITTLE = 1e-3; /* two such partial correlations in a row: fixes before tell no more */

/* What is known of all lanes. */
typedef struct {
    int64_t rows, lanes, order;
    const int64_t *time_us;    /* [n, m] */
    const double *points;      /* metres: [3, n, m] */
    const double *deviation_m; /* [n, m] */
    const double *correlation; /* of errors so many intervals apart: [order + 1, m] */
} Tracks;

/* The filters of one lane: the j-th fix of a part goes by the j before it, up to the order. */
typedef struct {
    int64_t order;
    double *partial;  /* correlation of two errors so far apart, given those between: [order + 1] */
    double *scale;    /* 1 / √ of the variance that is left: [order + 1] */
    double *log_left; /* the logarithm of that variance: [order + 1] */
    double *weights;  /* for each order k those of the k fixes before, the last one first, from k (k - 1) / 2 on */
} Filters;

/* All orders at once, for all parts that a fix may belong to: the filters as a lattice. */
typedef struct {
    double (*error)[VALUES];  /* of the last fix, what so many fixes before it do not tell: [order + 1] */
    double (*behind)[VALUES]; /* of the one so far before it, what those since do not: [order + 1] */
} Lattice;

typedef struct {
    double part, on_the_way;
    const double *lasting; /* [n, m], from its lane on */
} Prices;

/* Where the last part may begin. */
typedef struct {
    int open;
    int64_t first[OPEN];
    double before[OPEN];             /* what all fixes before it cost */
    double fixes[OPEN];              /* their number */
    double lasting[OPEN];            /* what it costs that it lasts so long */
    double part[SUMS][OPEN];
    double score[OPEN], least[OPEN]; /* what all fixes cost if it is the last part; and without its price */
    double is_walk[OPEN];
} Candidates;

/* How many numbers the filters hold. */
static int64_t size_of(int64_t order) { return 3 * (order + 1) + order * (order + 1) / 2; }

/* Levinson and Durbin: how each error of a part of so many fixes is predicted from the ones before it. `room` holds
 * size_of(order) numbers.
 */
static Filters filters_of(const Tracks *tracks, int64_t lane, int64_t fixes, double *room) {
    int64_t order = at_most(tracks->order, at_least(fixes - 1, 0)), lanes = tracks->lanes;
    Filters found = {0, room, room + order + 1, room + 2 * (order + 1), room + 3 * (order + 1)};
    const double *correlation = tracks->correlation + lane;
    double left = correlation[0];
    found.partial[0] = 1.0;
    for (int64_t number = 0;; number++) {
        found.order = number;
        found.scale[number] = 1.0 / sqrt(left);
        found.log_left[number] = logarithm(left);
        if (number == order) return found;
        const double *weights = found.weights + number * (number - 1) / 2;
        double *next = found.weights + (number + 1) * number / 2, told = 0.0;
        for (int64_t back = 0; back < number; back++) told += weights[back] * correlation[(number - back) * lanes];
        double newest = (correlation[(number + 1) * lanes] - told) / left;
        if (fabs(newest) < LITTLE && fabs(found.partial[number]) < LITTLE) return found;
        for (int64_t back = 0; back < number; back++) next[back] = weights[back] - newest * weights[number - 1 - back];
        found.partial[number + 1] = next[number] = newest;
        left *= 1.0 - newest * newest;
    }
}

static void values_of(const Tracks *tracks, int64_t lane, int64_t row, double values[VALUES]) {
    int64_t cells = tracks->rows * tracks->lanes, at = row * tracks->lanes + lane;
    double one = 1.0 / tracks->deviation_m[at];
    values[ONE] = one;
    values[U] = (double)(tracks->time_us[at] - tracks->time_us[lane]) / 1e6 * one;
    for (int axis = 0; axis < 3; axis++) values[X + axis] = tracks->points[axis * cells + at] * one;
    values[VALUES - 1] = 0.0;
}

/* One fix on: its errors of all orders up to `most`, which is at most one more than for the fix before. */
WIDE static void advance(const Lattice *lattice, const double *partial, const double values[VALUES], int64_t most) {
    double (*restrict error)[VALUES] = lattice->error, (*restrict behind)[VALUES] = lattice->behind, next[VALUES];
    memcpy(error[0], values, sizeof next);
    memcpy(next, values, sizeof next);
    for (int64_t order = 1; order <= most; order++)
        for (int value = 0; value < VALUES; value++) {
            double ahead = error[order - 1][value], back = behind[order - 1][value];
            behind[order - 1][value] = next[value];
            error[order][value] = ahead - partial[order] * back;
            next[value] = back - partial[order] * ahead;
        }
    memcpy(behind[most], next, sizeof next);
}

/* The same for one order alone; the values of the fixes before lie before its own. */
static void filter(const Filters *filters, int64_t order, const double *values, double error[VALUES]) {
    const double *weights = filters->weights + order * (order - 1) / 2;
    memcpy(error, values, VALUES * sizeof *error);
    for (int64_t back = 0; back < order; back++) {
        const double *before = values - (back + 1) * VALUES;
        for (int value = 0; value < VALUES; value++) error[value] -= weights[back] * before[value];
    }
}

/* What a fix adds to the sums of a part, by its error of that order. */
static void terms_of(const Filters *filters, int64_t order, const double error[VALUES], double terms[SUMS]) {
    double scale = filters->scale[order], w = error[ONE] * scale, u = error[U] * scale;
    double x = error[X] * scale, y = error[Y] * scale, z = error[Z] * scale;
    terms[W] = w * w, terms[WU] = w * u, terms[WUU] = u * u, terms[WZZ] = x * x + y * y + z * z;
    terms[WX] = w * x, terms[WY] = w * y, terms[WZ] = w * z;
    terms[WUX] = u * x, terms[WUY] = u * y, terms[WUZ] = u * z;
    terms[LEFT] = filters->log_left[order];
}

/* What each of the parts costs, as a stay and as a walk: one loop without branches, for the compiler to make pairs. */
WIDE static void weigh(Candidates *restrict all) {
    for (int one = 0; one < all->open; one++) {
        double w = all->part[W][one], u = all->part[WU][one], left = all->part[LEFT][one];
        double x = all->part[WX][one], y = all->part[WY][one], z = all->part[WZ][one], mean_u = u / w;
        double cx = all->part[WUX][one] - mean_u * x, cy = all->part[WUY][one] - mean_u * y;
        double cz = all->part[WUZ][one] - mean_u * z, spread = all->part[WUU][one] - u * mean_u;
        double about_mean = larger(all->part[WZZ][one] - (x * x + y * y + z * z) / w, 0.0);
        double cross = sqrt(cx * cx + cy * cy + cz * cz), speed = cross / spread;
        double limited = smaller(1.0, FASTEST_M_S / speed);
        double about_line = larger(about_mean - cross * speed * limited * (2.0 - limited), 0.0);
        double turn = logarithm(1.0 + larger(spread, 0.0) * (WALKING_M_S * WALKING_M_S));
        /* Of two fixes, or at any other speed, it is no walk. */
        double no_walk = all->fixes[one] >= FEWEST_OF_A_WALK ? 0.0 : INFINITY;
        no_walk = speed > SLOWEST_WALK_M_S ? no_walk : INFINITY;
        no_walk = speed < INFINITY ? no_walk : INFINITY;
        double stay = about_mean / 2 + left, walk = about_line / 2 + left + no_walk;
        double priced = walk + PRICE_OF_WALK + turn;
        all->is_walk[one] = priced < stay ? 1.0 : 0.0;
        all->least[one] = all->before[one] + smaller(stay, walk);
        all->score[one] = all->before[one] + smaller(stay, priced) + logarithm(larger(w, 1e-9)) + all->lasting[one];
    }
}

static void replace(Candidates *all, int one, int by) {
    all->first[one] = all->first[by];
    all->before[one] = all->before[by];
    all->score[one] = all->score[by];
    for (int sum = 0; sum < SUMS; sum++) all->part[sum][one] = all->part[sum][by];
}

/* Where one more part may begin: instead of the worst candidate when there are too many. */
static void open_one(Candidates *all, int64_t row, double before) {
    int one = 0;
    if (all->open < OPEN) one = all->open++;
    else for (int other = 1; other < OPEN; other++) if (all->score[other] > all->score[one]) one = other;
    all->first[one] = row;
    all->before[one] = before;
    for (int sum = 0; sum < SUMS; sum++) all->part[sum][one] = 0.0;
}

/* One fix on: one more part may begin at it, and all that are open hold it. */
static void hold(Candidates *all, const Tracks *tracks, int64_t lane, int64_t row, double before,
                 const Filters *filters, const Lattice *lattice) {
    int64_t order = filters->order, oldest = row;
    open_one(all, row, before);
    for (int one = 0; one < all->open; one++) oldest = at_most(oldest, all->first[one]);
    double values[VALUES], longest[SUMS]; /* the terms of parts that hold as many fixes as the order, or more */
    values_of(tracks, lane, row, values);
    advance(lattice, filters->partial, values, at_most(row - oldest, order));
    if (row - oldest >= order) terms_of(filters, order, lattice->error[order], longest);
    for (int one = 0; one < all->open; one++) {
        int64_t number = row - all->first[one];
        double shorter[SUMS], *terms = number < order ? shorter : longest;
        if (number < order) terms_of(filters, number, lattice->error[number], terms);
        for (int sum = 0; sum < SUMS; sum++) all->part[sum][one] += terms[sum];
        all->fixes[one] = (double)(number + 1);
    }
}

/* Leave out what costs more than that before its price. */
static void prune(Candidates *all, double most) {
    for (int one = all->open - 1; one >= 0; one--)
        if (all->least[one] > most && all->fixes[one] >= FEWEST_OF_A_WALK) replace(all, one, --all->open);
}

/* Where the last part of the first fixes begins, times two, and one if it is a walk: into `chosen`. */
static void forward(const Tracks *tracks, int64_t lane, int64_t held, const uint8_t *starts, Prices prices,
                    const Filters *filters, const Lattice *lattice, int64_t *chosen) {
    Candidates all = {0};
    double best = 0.0;
    for (int64_t row = 0; row < held; row++) {
        if (starts[row * tracks->lanes]) all.open = 0;
        hold(&all, tracks, lane, row, best, filters, lattice);
        for (int one = 0; one < all.open; one++)
            all.lasting[one] = prices.lasting[(row - all.first[one]) * tracks->lanes];
        weigh(&all);
        int winner = 0;
        for (int one = 1; one < all.open; one++) if (all.score[one] < all.score[winner]) winner = one;
        double alone = best + prices.on_the_way, together = all.score[winner] + prices.part;
        best = alone < together ? alone : together;
        chosen[row] = alone < together ? 2 * row : 2 * all.first[winner] + (all.is_walk[winner] > 0.0);
        prune(&all, best + SLACK);
    }
}

/* The same over all ways to cut, for each of so many laws of how long parts last: `likely` [n, m, kinds], from the lane
 * on. What they make of the first fixes is exp(-before[row]) times `shares` [held + 1, kinds], the largest of which is 1.
 */
static void weigh_all(const Tracks *tracks, int64_t lane, int64_t held, const uint8_t *starts, Prices prices,
                      int64_t kinds, const double *likely, const Filters *filters, const Lattice *lattice,
                      double *before, double *shares) {
    Candidates all = {0};
    before[0] = 0.0;
    for (int64_t kind = 0; kind < kinds; kind++) shares[kind] = 1.0;
    for (int64_t row = 0; row < held; row++) {
        if (starts[row * tracks->lanes]) all.open = 0;
        hold(&all, tracks, lane, row, before[row], filters, lattice);
        weigh(&all);
        double least = before[row] + prices.on_the_way, most = 0.0;
        double *restrict now = shares + (row + 1) * kinds;
        for (int one = 0; one < all.open; one++) least = smaller(least, all.score[one] + prices.part);
        double alone = exponential(least - before[row] - prices.on_the_way);
        for (int64_t kind = 0; kind < kinds; kind++) now[kind] = alone * now[kind - kinds];
        for (int one = 0; one < all.open; one++) {
            double itself = exponential(least - all.score[one] - prices.part);
            const double *share = shares + all.first[one] * kinds;
            const double *lasts = likely + (row - all.first[one]) * tracks->lanes * kinds;
            for (int64_t kind = 0; kind < kinds; kind++) now[kind] += itself * share[kind] * lasts[kind];
        }
        for (int64_t kind = 0; kind < kinds; kind++) most = larger(most, now[kind]);
        for (int64_t kind = 0; kind < kinds; kind++) now[kind] /= most;
        before[row + 1] = least - logarithm(most);
        prune(&all, before[row + 1] + NEGLIGIBLE);
    }
}

/* Cut every lane of `held` fixes: whether a part begins at a fix, and whether it belongs to a walk, both [n, m] and 0
 * when this is called. `starts` [n, m] says where a part has to begin; `price` and `on_the_way` [m] what one more part
 * costs and a fix of none; `lasting` [n, m] what it costs that a part holds one fix, two, and so on. 1: no memory.
 */
int partition(int64_t rows, int64_t lanes, int64_t order, const int64_t *time_us, const double *points,
              const double *deviation_m, const double *correlation, const int64_t *held, const uint8_t *starts,
              const double *price, const double *on_the_way, const double *lasting, uint8_t *began, uint8_t *walks) {
    const Tracks tracks = {rows, lanes, order, time_us, points, deviation_m, correlation};
    double *room = malloc(size_of(order) * sizeof *room);
    const Lattice lattice = {malloc((order + 1) * sizeof *lattice.error), malloc((order + 1) * sizeof *lattice.behind)};
    int64_t *chosen = malloc((rows + 1) * sizeof *chosen);
    int failed = !room || !lattice.error || !lattice.behind || !chosen;
    for (int64_t lane = 0; lane < lanes && !failed; lane++) {
        Filters filters = filters_of(&tracks, lane, held[lane], room);
        Prices prices = {price[lane], on_the_way[lane], lasting + lane};
        forward(&tracks, lane, held[lane], starts + lane, prices, &filters, &lattice, chosen);
        for (int64_t last = held[lane] - 1, first; last >= 0; last = first - 1) {
            first = chosen[last] / 2;
            began[first * lanes + lane] = 1;
            for (int64_t row = first; row <= last; row++) walks[row * lanes + lane] = chosen[last] % 2;
        }
    }
    free(room), free(lattice.error), free(lattice.behind), free(chosen);
    return failed;
}

/* What all ways to cut a lane make of it, by each of `kinds` laws of how long parts last, `likely` [n, m, kinds]:
 * `shares` [m, kinds], the largest of a lane 1. All else is as above.
 */
int evidence(int64_t rows, int64_t lanes, int64_t order, const int64_t *time_us, const double *points,
             const double *deviation_m, const double *correlation, int64_t kinds, const int64_t *held,
             const uint8_t *starts, const double *price, const double *on_the_way, const double *likely,
             double *shares) {
    const Tracks tracks = {rows, lanes, order, time_us, points, deviation_m, correlation};
    double *room = malloc(size_of(order) * sizeof *room), *before = malloc((rows + 1) * sizeof *before);
    double *until = malloc((rows + 1) * kinds * sizeof *until);
    const Lattice lattice = {malloc((order + 1) * sizeof *lattice.error), malloc((order + 1) * sizeof *lattice.behind)};
    int failed = !room || !before || !until || !lattice.error || !lattice.behind;
    for (int64_t lane = 0; lane < lanes && !failed; lane++) {
        Filters filters = filters_of(&tracks, lane, held[lane], room);
        Prices prices = {price[lane], on_the_way[lane], NULL};
        weigh_all(&tracks, lane, held[lane], starts + lane, prices, kinds, likely + lane * kinds, &filters, &lattice,
                  before, until);
        memcpy(shares + lane * kinds, until + held[lane] * kinds, kinds * sizeof *shares);
    }
    free(room), free(before), free(until), free(lattice.error), free(lattice.behind);
    return failed;
}

/* How many of the parts from this one on are of its lane, and the most fixes that one of these holds: into `longest`. */
static int64_t parts_of_lane(int64_t part, int64_t parts, const int64_t *lane, const int64_t *first,
                             const int64_t *last, int64_t *longest) {
    int64_t next = part;
    for (*longest = 0; next < parts && lane[next] == lane[part]; next++)
        *longest = at_least(*longest, last[next] - first[next] + 1);
    return next - part;
}

/* Over so many fixes, whose values these are. */
static void add_up(const Filters *filters, double (*values)[VALUES], int64_t fixes, double total[SUMS]) {
    double terms[SUMS], error[VALUES];
    memset(total, 0, SUMS * sizeof *total);
    for (int64_t number = 0; number < fixes; number++) {
        int64_t by = at_most(number, filters->order);
        filter(filters, by, values[number], error);
        terms_of(filters, by, error, terms);
        for (int sum = 0; sum < SUMS; sum++) total[sum] += terms[sum];
    }
}

/* The sums of `parts` parts, quickest where those of a lane follow each other: [SUMS, parts]. 1: no memory. */
int sums_of(int64_t rows, int64_t lanes, int64_t order, const int64_t *time_us, const double *points,
            const double *deviation_m, const double *correlation, int64_t parts, const int64_t *lane,
            const int64_t *first, const int64_t *last, double *sums) {
    const Tracks tracks = {rows, lanes, order, time_us, points, deviation_m, correlation};
    double *room = malloc(size_of(order) * sizeof *room), (*values)[VALUES] = malloc((rows + 1) * sizeof *values);
    int failed = !room || !values;
    for (int64_t part = 0, until = 0, longest; part < parts && !failed;) {
        until += parts_of_lane(part, parts, lane, first, last, &longest);
        const Filters filters = filters_of(&tracks, lane[part], longest, room);
        for (; part < until; part++) {
            double total[SUMS];
            int64_t fixes = last[part] - first[part] + 1;
            for (int64_t number = 0; number < fixes; number++)
                values_of(&tracks, lane[part], first[part] + number, values[number]);
            add_up(&filters, values, fixes, total);
            for (int sum = 0; sum < SUMS; sum++) sums[sum * parts + part] = total[sum];
        }
    }
    free(room), free(values);
    return failed;
}

/* What the stays of each lane cost by each of `laws` laws of errors, whose correlations lie one after the other: added
 * to `cost` [laws, lanes]. 1: no memory.
 */
int costs_of_stays(int64_t rows, int64_t lanes, int64_t order, const int64_t *time_us, const double *points,
                   const double *deviation_m, const double *correlation, int64_t laws, int64_t stays,
                   const int64_t *lane, const int64_t *first, const int64_t *last, double *cost) {
    Tracks tracks = {rows, lanes, order, time_us, points, deviation_m, correlation};
    double *room = malloc(laws * size_of(order) * sizeof *room), (*values)[VALUES] = malloc((rows + 1) * sizeof *values);
    Filters *filters = malloc((laws + 1) * sizeof *filters);
    int failed = !room || !values || !filters;
    for (int64_t stay = 0, until = 0, longest; stay < stays && !failed;) {
        until += parts_of_lane(stay, stays, lane, first, last, &longest);
        for (int64_t law = 0; law < laws; law++) {
            tracks.correlation = correlation + law * (order + 1) * lanes;
            filters[law] = filters_of(&tracks, lane[stay], longest, room + law * size_of(order));
        }
        for (; stay < until; stay++) {
            int64_t fixes = last[stay] - first[stay] + 1;
            for (int64_t number = 0; number < fixes; number++)
                values_of(&tracks, lane[stay], first[stay] + number, values[number]);
            for (int64_t law = 0; law < laws; law++) {
                double of[SUMS];
                add_up(filters + law, values, fixes, of);
                double squares = of[WZZ] - (of[WX] * of[WX] + of[WY] * of[WY] + of[WZ] * of[WZ]) / of[W];
                cost[law * lanes + lane[stay]] += squares / 2 + of[LEFT] + logarithm(of[W]);
            }
        }
    }
    free(room), free(values), free(filters);
    return failed;
}
