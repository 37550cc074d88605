#include "app/engine/photograph_orientation.hpp"

#include <algorithm>
#include <limits>
#include <memory>

#include <libexif/exif-data.h>

namespace volpress::engine {

unsigned exifOrientation(ByteView file) {
  if (file.size() > std::numeric_limits<unsigned>::max()) {
    return 1;
  }
  struct Unref {
    void operator()(ExifData* data) const { exif_data_unref(data); }
  };
  const std::unique_ptr<ExifData, Unref> data(exif_data_new_from_data(
      reinterpret_cast<const unsigned char*>(file.data()), static_cast<unsigned>(file.size())));
  const ExifEntry* entry =
      data == nullptr ? nullptr
                      : exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->components != 1) {
    return 1;
  }
  const unsigned orientation = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

Image upright(Image stored, unsigned orientation) {
  if (orientation < 2 || orientation > 8) {
    return stored;
  }
  // From 5 on the rows of the file are columns of the picture.
  const bool swapped = orientation >= 5;
  const bool fromRight = orientation == 2 || orientation == 3 || orientation >= 7;
  const bool fromBottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const std::size_t channels = stored.channels;
  Image image = makeImage(swapped ? stored.height : stored.width,
                          swapped ? stored.width : stored.height, channels);
  auto to = image.pixels.begin();
  for (std::size_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < image.width; ++x) {
      const std::size_t column = swapped ? y : x;
      const std::size_t row = swapped ? x : y;
      const std::size_t fromX = fromRight ? stored.width - 1 - column : column;
      const std::size_t fromY = fromBottom ? stored.height - 1 - row : row;
      to = std::copy_n(stored.pixels.begin() +
                           static_cast<std::ptrdiff_t>((fromY * stored.width + fromX) * channels),
                       channels, to);
    }
  }
  return image;
}

}  // namespace volpress::engine
