#include "sla/episode.h"

#include "sla/batch.h"
#include "sla/error.h"

namespace sla {

const EpisodeLayout& EpisodeLayout::of(const Batch& batch) {
  if (batch.episodes) return *batch.episodes;
  throw Error(
      "the batch holds no few-shot episodes; this objective needs an episodic dataset, such "
      "as plugin = \"episodes\"");
}

}  // namespace sla
