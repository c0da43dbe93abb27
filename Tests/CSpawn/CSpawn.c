#define _GNU_SOURCE
#include "CSpawn.h"
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

static int give(posix_spawn_file_actions_t *actions, int file, int number) {
    if (file < 0) return posix_spawn_file_actions_addopen(actions, number, "/dev/null", O_RDWR, 0);
    return posix_spawn_file_actions_adddup2(actions, file, number);
}

int spawn_program(
    pid_t *pid, const char *program, char *const arguments[], char *const environment[], const char *directory, int input,
    int output, const int *files, int count) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int error = give(&actions, input, STDIN_FILENO);
    if (!error) error = give(&actions, output, STDOUT_FILENO);
    if (!error) error = give(&actions, output, STDERR_FILENO);
    int first = STDERR_FILENO + 1;
    // By way of numbers that none of them is to have: one would be overwritten before it is given.
    int copies[count > 0 ? count : 1];
    for (int i = 0; i < count; i++) copies[i] = fcntl(files[i], F_DUPFD_CLOEXEC, first + count);
    for (int i = 0; i < count && !error; i++) error = give(&actions, copies[i], first + i);
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, first + count);
    if (!error) error = posix_spawn_file_actions_addchdir_np(&actions, directory);
    // A group of its own: what the terminal sends to the tests is not meant for it.
    if (!error) error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    // The tests' threads block signals, which would go to the program, too: it could not be told to end.
    sigset_t none;
    sigemptyset(&none);
    if (!error) error = posix_spawnattr_setsigmask(&attributes, &none);
    if (!error) error = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
    for (int i = 0; i < count; i++) close(copies[i]);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}
