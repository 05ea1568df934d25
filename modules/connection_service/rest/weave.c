/* Rows of text from columns of values: for each row and column what stands before the value, and the value. Behind each
 * value of a column stands its end, which is in none of them. weave.py calls this, with enough room at `to`.
 */
#include <stdint.h>
#include <string.h>

/* How many bytes were written; -1 where a column has more values than rows, or fewer. What is left of columns is told in
 * `values` and `values_bytes`.
 */
int64_t weave(int64_t rows, int64_t columns, const char *const before[], const int64_t before_bytes[],
              const char *values[], int64_t values_bytes[], const char ends[], char *to) {
    char *const start = to;
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++) {
            const char *const value = values[column];
            const char *const end = memchr(value, ends[column], (size_t)values_bytes[column]);
            if (end == NULL) return -1;
            memcpy(to, before[column], (size_t)before_bytes[column]);
            to += before_bytes[column];
            memcpy(to, value, (size_t)(end - value));
            to += end - value;
            values[column] = end + 1;
            values_bytes[column] -= end + 1 - value;
        }
    for (int64_t column = 0; column < columns; column++)
        if (values_bytes[column] != 0) return -1;
    return to - start;
}
