#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast of -1 to a function pointer, which Swift does not import.
static inline int swarmkeeper_bind_text(sqlite3_stmt *s, int i, const char *text, int count) {
    return sqlite3_bind_text(s, i, text, count, SQLITE_TRANSIENT);
}
static inline int swarmkeeper_bind_blob(sqlite3_stmt *s, int i, const void *bytes, int count) {
    return count == 0 ? sqlite3_bind_zeroblob(s, i, 0)
                      : sqlite3_bind_blob(s, i, bytes, count, SQLITE_TRANSIENT);
}

// sqlite3_db_config is variadic, which Swift does not import. Returns an SQLite result code.
static inline int swarmkeeper_set_flag(sqlite3 *db, int option, int on) {
    return sqlite3_db_config(db, option, on, (int *)0);
}
