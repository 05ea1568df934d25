/* The parts of tracks as pieces of ways, one lane after the other: a piece for each part of several fixes, one between
 * each two parts, and of all of them what lies in the window of their lane. pieces.py calls this, and has checked every
 * size and index; ways.py says what a piece is.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "elementary.h"

enum { AXES = 3 };

static const double SECOND_US = 1e6, LONGEST_ASTRAY_S = 10.0;

/* ways.py says what they are. */
typedef struct {
    int64_t window_us;
    double quick_m_s, unsure_s, least_turn_s, walking_m_s, repeats;
} Rules;

/* Of each lane whose it is; arrays [m], and [n, m] what is of n fixes. */
typedef struct {
    int64_t rows, lanes;
    const int64_t *person_id, *window, *longest_gap_us, *time_us;
} Lanes;

/* By lane and time; points lie axis after axis. */
typedef struct {
    int64_t size;
    const int64_t *lane, *first, *last;
    const uint8_t *is_walk;
    const double *middle, *middle_us, *velocity, *variance_m2, *velocity_m2_s2, *most_m2;
} Parts;

typedef struct {
    int64_t capacity, size;
    int64_t *person_id, *start_us, *end_us;
    double *start, *end, *start_m2, *end_m2, *bend_m2; /* points [3, capacity] */
    int64_t *fixes;
    uint8_t *is_stay;
} Ways;

typedef struct {
    double point[AXES], variance_m2;
} Placed;

typedef struct {
    int64_t start_us, end_us;
    Placed start, end;
    double bend_m2;
} Piece;

/* A part, when somebody came to it and left it, and where that one was at its first fix and its last. */
typedef struct {
    int64_t lane, first_us, last_us, come_us, leave_us;
    bool is_stay, is_on_the_way;
    Placed first, last;
} Part;

static Placed at_time(const Parts *parts, int64_t part, int64_t time_us) {
    double since_s = ((double)time_us - parts->middle_us[part]) / SECOND_US;
    double variance_m2 = parts->variance_m2[part] + parts->velocity_m2_s2[part] * since_s * since_s;
    Placed found = {.variance_m2 = smaller(variance_m2, parts->most_m2[part])};
    for (int axis = 0; axis < AXES; axis++) {
        int64_t at = axis * parts->size + part;
        found.point[axis] = parts->middle[at] + parts->velocity[at] * since_s;
    }
    return found;
}

static Part seen(const Lanes *lanes, const Parts *parts, int64_t part) {
    int64_t lane = parts->lane[part];
    int64_t first_us = lanes->time_us[parts->first[part] * lanes->lanes + lane];
    int64_t last_us = lanes->time_us[parts->last[part] * lanes->lanes + lane];
    bool is_stay = !parts->is_walk[part] && last_us > first_us;
    bool is_on_the_way = parts->is_walk[part] || parts->first[part] == parts->last[part];
    return (Part){lane, first_us, last_us, first_us, last_us, is_stay, is_on_the_way, at_time(parts, part, first_us), at_time(parts, part, last_us)};
}

static Placed within_piece(const Piece *piece, double at_us) {
    double done = (at_us - (double)piece->start_us) / (double)at_least(piece->end_us - piece->start_us, 1), left = 1.0 - done;
    Placed found;
    found.variance_m2 = left * left * piece->start.variance_m2 + done * done * piece->end.variance_m2 + left * done * piece->bend_m2;
    for (int axis = 0; axis < AXES; axis++)
        found.point[axis] = piece->start.point[axis] + (piece->end.point[axis] - piece->start.point[axis]) * done;
    return found;
}

/* What of the piece lies in a span of time. False: nothing. An end that stays where it is stays so to the last bit. */
static bool clipped(Piece *piece, int64_t from_us, int64_t until_us) {
    int64_t start_us = at_least(piece->start_us, from_us), end_us = at_most(piece->end_us, until_us);
    bool alone = piece->start_us == piece->end_us && from_us <= piece->start_us && piece->start_us < until_us;
    bool starts = start_us == piece->start_us, ends = end_us == piece->end_us;
    if (!alone && start_us >= end_us) return false;
    if (starts && ends) return true;
    Placed start = within_piece(piece, (double)start_us), end = within_piece(piece, (double)end_us);
    Placed half = within_piece(piece, (double)(start_us + end_us) / 2.0);
    double bend_m2 = 4.0 * half.variance_m2 - start.variance_m2 - end.variance_m2;
    *piece = (Piece){start_us, end_us, starts ? piece->start : start, ends ? piece->end : end, bend_m2};
    return true;
}

static void note(const Rules *rules, const Lanes *lanes, int64_t lane, Piece piece, int64_t fixes, bool is_stay, Ways *found) {
    int64_t from_us = lanes->window[lane] * rules->window_us, at = found->size;
    if (!clipped(&piece, from_us, from_us + rules->window_us)) return;
    found->person_id[at] = lanes->person_id[lane];
    found->start_us[at] = piece.start_us;
    found->end_us[at] = piece.end_us;
    for (int axis = 0; axis < AXES; axis++) {
        found->start[axis * found->capacity + at] = piece.start.point[axis];
        found->end[axis * found->capacity + at] = piece.end.point[axis];
    }
    found->start_m2[at] = piece.start.variance_m2;
    found->end_m2[at] = piece.end.variance_m2;
    found->bend_m2[at] = piece.bend_m2;
    found->fixes[at] = fixes;
    found->is_stay[at] = is_stay;
    found->size++;
}

/* Who needs less time for the way from one part to the next than passed between has stood longer: at two stays half of
 * the time each.
 */
static void linger(const Rules *rules, Part *one, Part *next) {
    double squared = 0.0, off;
    for (int axis = 0; axis < AXES; axis++) off = next->first.point[axis] - one->last.point[axis], squared += off * off;
    double needed_us = (sqrt(squared) / rules->quick_m_s + rules->unsure_s) * SECOND_US;
    double idle_us = (double)(next->first_us - one->last_us) - needed_us;
    int64_t each_us = (int64_t)(larger(idle_us, 0.0) / (one->is_stay && next->is_stay ? 2.0 : 1.0));
    if (one->is_stay) one->leave_us += each_us;
    if (next->is_stay) next->come_us -= each_us;
}

static Piece between(const Rules *rules, const Part *one, const Part *next) {
    double lasts_s = (double)(next->come_us - one->leave_us) / SECOND_US, turns = smaller(lasts_s / rules->least_turn_s, 1.0);
    double astray_s2 = smaller(lasts_s, LONGEST_ASTRAY_S) * lasts_s / 4.0 * (turns * turns);
    double bend_m2 = rules->walking_m_s * rules->walking_m_s * astray_s2;
    /* Half way between two fixes the error is no smaller than both have in common. */
    if (one->is_on_the_way && next->is_on_the_way)
        bend_m2 += 2.0 * rules->repeats * sqrt(one->last.variance_m2 * next->first.variance_m2);
    return (Piece){one->leave_us, next->come_us, one->last, next->first, bend_m2};
}

/* There is room for two pieces a part. */
void pieces_of(const Rules *rules, const Lanes *lanes, const Parts *parts, Ways *found) {
    Part one, next;
    bool follows = false; /* the part before, and nothing was unknown between */
    if (parts->size) one = seen(lanes, parts, 0);
    for (int64_t part = 0; part < parts->size; part++, one = next) {
        bool goes_on = false;
        if (part + 1 < parts->size) {
            next = seen(lanes, parts, part + 1);
            goes_on = next.lane == one.lane && next.first_us - one.last_us <= lanes->longest_gap_us[one.lane];
        }
        if (goes_on) linger(rules, &one, &next);
        if (one.last_us > one.first_us || (!follows && !goes_on)) {
            Placed half = at_time(parts, part, (one.first_us + one.last_us) / 2);
            double bend_m2 = 4.0 * half.variance_m2 - one.first.variance_m2 - one.last.variance_m2;
            Piece piece = {one.come_us, one.leave_us, one.first, one.last, bend_m2};
            note(rules, lanes, one.lane, piece, parts->last[part] - parts->first[part] + 1, !parts->is_walk[part], found);
        }
        if (goes_on) note(rules, lanes, one.lane, between(rules, &one, &next), 2, false, found);
        follows = goes_on;
    }
}
