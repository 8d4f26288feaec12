#include "sla/episode.h"

#include "sla/error.h"

namespace sla {

void EpisodeLayout::write(Draw& draw) const {
  draw.numbers["episodes"] = episodes;
  draw.numbers["way"] = way;
  draw.numbers["shot"] = shot;
  draw.numbers["query"] = query;
}

EpisodeLayout EpisodeLayout::of(const Batch& batch) {
  const auto number = [&](const char* name) {
    const auto found = batch.numbers.find(name);
    if (found == batch.numbers.end()) {
      throw Error(
          "the batch holds no few-shot episodes; use a dataset that draws them, such as plugin "
          "\"episodes\", and score its validation or test split");
    }
    return found->second;
  };
  return {number("episodes"), number("way"), number("shot"), number("query")};
}

}  // namespace sla
