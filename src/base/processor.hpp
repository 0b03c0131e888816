// Loops compiled once for every size of vectors there is; which runs is decided by the processor at hand.
#pragma once

/// In front of a function whose loops are worth it. Products and sums are not fused (-ffp-contract=off), so that every
/// processor gives the same bits. Not under ThreadSanitizer: what chooses would run before that is set up, and crash.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define GRADTRACE_FOR_EACH_PROCESSOR __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define GRADTRACE_FOR_EACH_PROCESSOR
#endif
