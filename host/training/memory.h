#pragma once

namespace host::training {

/// Makes the process keep the memory that a step frees for the next step, in huge pages where the
/// system grants them. To be called before the first large allocation; has no other effect.
void keep_freed_memory();

}  // namespace host::training
