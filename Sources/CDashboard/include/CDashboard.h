#ifndef CDASHBOARD_H
#define CDASHBOARD_H

#include <stddef.h>

/// A file of the page, as it was when the program was built.
typedef struct {
    /// Under `page/`, such as `pages/run.js`.
    const char *name;
    const unsigned char *bytes;
    size_t count;
} DashboardFile;

/// How many there are.
size_t dashboard_file_count(void);

/// The one at `index`, which is less than `dashboard_file_count()`.
DashboardFile dashboard_file(size_t index);

#endif
