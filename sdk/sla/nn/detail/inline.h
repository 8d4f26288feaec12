#pragma once

/// For functions in headers of files that are compiled for different processors: were they compiled
/// on their own, the linker might take one file's code for another's.
#define SLA_INLINE __attribute__((always_inline)) inline
