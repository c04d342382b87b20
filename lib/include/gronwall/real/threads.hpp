#pragma once

#include <cstddef>
#include <functional>

namespace gronwall::real {

/// How many threads one computation of this process may use, the calling one among them: 1 unless somebody
/// asked for more, for a library must not surprise its host, and a process that runs several computations at
/// a time keeps its processors busy without. No result depends on it, bit for bit.
int threads();

/// From now on so many; more than the machine has processors are of no use and not taken. Not while another
/// thread computes. Throws DomainError below 1.
void set_threads(int count);

/// set_threads() with the value of the environment variable GRONWALL_THREADS, if it is set and not empty.
/// Throws UnknownName for what is no number of threads. Programs call it first thing; the library never does.
void set_threads_by_environment();

/// body(0), ..., body(count - 1), in any order and by up to threads() threads, the calling one among them
/// (oneTBB). With one thread, and within another call's body, it is a plain loop and nothing else; likewise
/// in a process forked from one that has used threads, for these are not there.
///
/// Each body writes what no other reads or writes. So results do not depend on the threads as long as none is
/// a sum over the indices; that is taken afterwards, in a fixed order. Bodies round as the caller does
/// (fenv.h). They may hold neither balls nor MPFR numbers, whose caches belong to threads and are freed by
/// none of these; and they should take some microseconds each, as much as handing them out.
///
/// Where bodies throw, the exception of the smallest index is thrown in the end: the one a plain loop would
/// have met. Those with larger indices may have been called or not.
void for_each_index(std::ptrdiff_t count, const std::function<void(std::ptrdiff_t k)>& body);

/// body(first, length) for pieces that make up 0, ..., size - 1: all of it at once where one thread does it,
/// otherwise pieces that begin at multiples of `length`. For bodies whose results do not depend on how much
/// they do at a time.
void for_each_piece(std::ptrdiff_t size, std::ptrdiff_t length,
                    const std::function<void(std::ptrdiff_t first, std::ptrdiff_t length)>& body);

}  // namespace gronwall::real
