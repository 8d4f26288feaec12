#pragma once

/// Before a function: compiles it three times, for x86-64 processors since 2003, since 2013 (AVX2)
/// and with AVX-512, so that one binary runs everywhere and its loops use the widest vectors; the
/// dynamic linker chooses when it loads the plugin. Functions that it calls benefit only if they
/// are inlined. Does nothing for other processors and for Clang. Compile such a file
/// with -fno-sanitize=thread: the choice is made before the thread sanitizer is ready.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
#define SLA_EVERY_GENERATION \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SLA_EVERY_GENERATION
#endif
