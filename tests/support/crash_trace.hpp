// Where a test program crashed: a crash that comes once in hundreds of runs must tell at once.
#pragma once

namespace volpress::testing {

/// From now on a crash of this program writes the frames of the thread that crashed to standard
/// error, as module and offset, before it ends as it would have. Where the C library can do so.
void traceCrashes();

}  // namespace volpress::testing
