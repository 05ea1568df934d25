/* Which fixes of a person were taken in a span of time: of fixes by person and time. between.py calls this, and has checked
 * every size.
 */
#include <stdint.h>

#include "elementary.h"

/* From the first instant until before the second: the position of the first fix, and the number of fixes. */
void taken_between(int64_t fixes, const int64_t *person_id, const int64_t *time_us, int64_t spans, const int64_t *whose,
                   const int64_t *from_us, const int64_t *until_us, int64_t *position, int64_t *count) {
    int64_t first = 0, until = 0;
    for (int64_t span = 0; span < spans; span++) {
        if (!span || whose[span] != whose[span - 1]) {
            first = lower_bound(person_id, 0, fixes, whose[span]);
            until = lower_bound(person_id, first, fixes, whose[span] + 1);
        }
        position[span] = lower_bound(time_us, first, until, from_us[span]);
        count[span] = lower_bound(time_us, position[span], until, until_us[span]) - position[span];
    }
}
