/* Who reported from where: fixes and circles of many persons, matched by a grid in space. near.py calls this, and has
 * checked every size and index.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "elementary.h"

static const double ROUNDING_M = 1e-6;

/* Fixes by cell and time. */
typedef struct {
    int64_t size, cells;
    int64_t origin, across; /* a cell's code is (x across + y) across + z, each with the origin added */
    double cell_m;
    const int64_t *code;  /* of each cell, ascending: [cells] */
    const int64_t *first; /* its first fix: [cells + 1] */
    const int64_t *time_us, *person;
    const double *points; /* metres, geocentric: [size, 3] */
} Grid;

/* By owner; `next` is the first that is left to do. */
typedef struct {
    int64_t size, next;
    const int64_t *start_us, *end_us; /* both inclusive */
    const int64_t *owner, *itself;    /* and the owner's number among the persons of fixes; -1: none */
    const double *points;             /* [3, size] */
    const double *radius_m;
} Circles;

/* Whose circle it was, and who reported from there. */
typedef struct {
    int64_t capacity, size;
    int64_t *owner, *person;
} Found;

/* Persons in one circle who have not been seen yet: seen[person] is then the owner's number, and one more. False: there
 * is no room for them.
 */
static bool look(const Grid *grid, const Circles *circles, int64_t at, int64_t *seen, Found *found) {
    double centre[3], radius_m = circles->radius_m[at], reach_m = radius_m + ROUNDING_M;
    int64_t low[3], high[3], owner = circles->owner[at];
    for (int axis = 0; axis < 3; axis++) {
        centre[axis] = circles->points[axis * circles->size + at];
        low[axis] = (int64_t)floor((centre[axis] - reach_m) / grid->cell_m) + grid->origin;
        high[axis] = (int64_t)floor((centre[axis] + reach_m) / grid->cell_m) + grid->origin;
    }
    for (int64_t x = low[0]; x <= high[0]; x++)
        for (int64_t y = low[1]; y <= high[1]; y++) {
            int64_t column = (x * grid->across + y) * grid->across;
            int64_t cell = lower_bound(grid->code, 0, grid->cells, column + low[2]);
            for (; cell < grid->cells && grid->code[cell] <= column + high[2]; cell++) {
                int64_t until = grid->first[cell + 1];
                int64_t fix = lower_bound(grid->time_us, grid->first[cell], until, circles->start_us[at]);
                for (; fix < until && grid->time_us[fix] <= circles->end_us[at]; fix++) {
                    int64_t person = grid->person[fix];
                    if (seen[person] == owner + 1 || person == circles->itself[at]) continue;
                    double squared = 0.0;
                    for (int axis = 0; axis < 3; axis++) {
                        double off = grid->points[3 * fix + axis] - centre[axis];
                        squared += off * off;
                    }
                    if (squared > radius_m * radius_m) continue;
                    if (found->size == found->capacity) return false;
                    seen[person] = owner + 1;
                    found->owner[found->size] = owner;
                    found->person[found->size++] = person;
                }
            }
        }
    return true;
}

/* Whoever reported from the circles of as many owners as there is room for, from the next one on. `seen` is 0 of each
 * person.
 */
void who_was_in(const Grid *grid, Circles *circles, int64_t *seen, Found *found) {
    found->size = 0;
    while (circles->next < circles->size) {
        int64_t at = circles->next, owner = circles->owner[at], before = found->size;
        for (; at < circles->size && circles->owner[at] == owner; at++)
            if (!look(grid, circles, at, seen, found)) {
                for (int64_t some = before; some < found->size; some++) seen[found->person[some]] = 0;
                found->size = before;
                return;
            }
        circles->next = at;
    }
}
