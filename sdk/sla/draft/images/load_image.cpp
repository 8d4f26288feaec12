#include "sla/draft/images/load_image.h"

#include "sla/draft/images/image_file.h"
#include "sla/draft/images/stored_view.h"

namespace sla::images {

void load_image(const std::filesystem::path& file, const ViewChoice& choose, int size,
                Filter filter, uint8_t* planes) {
  with_decoder(file, [&](ImageDecoder& decoder) {
    const StoredView view(decoder.header(), choose, size, filter);
    view.write(decoder.decode(view.window(), view.reduction()), planes);
  });
}

void check_image(const std::filesystem::path& file) {
  with_decoder(file, [](ImageDecoder& decoder) {
    decoder.decode(decoder.header().all(), decoder.header().most_reduction);
  });
}

}  // namespace sla::images
