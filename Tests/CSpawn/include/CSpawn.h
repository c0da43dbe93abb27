// Starts a program with given files and in a directory: what `posix_spawn` does with the GNU C library's own actions,
// which Swift does not see.
#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

// All of it is the program's: its arguments (the first is its name) and environment, each ended by NULL, its directory, its
// standard input, and where its standard output and standard error go; a descriptor below 0 is nowhere. Then `count` more files, which
// it has from 3 on.
//
// Gives 0, or the errno that tells why it was not started.
int spawn_program(
    pid_t *pid, const char *program, char *const arguments[], char *const environment[], const char *directory, int input,
    int output, const int *files, int count);

#endif
