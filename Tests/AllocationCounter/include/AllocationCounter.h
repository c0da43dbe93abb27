// Counts heap allocations: how often this thread has asked for memory, by whatever name.
//
// Linked into an executable it stands before the C library's functions, for all of the process: Swift's runtime,
// libcrypto and the C library itself. Freeing is not counted. Built with a sanitizer, it asks the sanitizer's allocator.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

// How many allocations this thread has made so far.
long allocation_count(void);

#endif
