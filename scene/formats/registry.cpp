#include <algorithm>

#include "scene/formats/compressed_ply.hpp"
#include "scene/formats/format.hpp"
#include "scene/formats/gltf.hpp"
#include "scene/formats/ksplat.hpp"
#include "scene/formats/ply.hpp"
#include "scene/formats/sog.hpp"
#include "scene/formats/splat.hpp"
#include "scene/formats/spz.hpp"
#include "scene/formats/streamed_sog.hpp"

namespace volpress::formats {
namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool endsWith(std::string_view name, std::string_view extension) {
  return name.size() >= extension.size() &&
         std::equal(extension.begin(), extension.end(),
                    name.end() - static_cast<std::ptrdiff_t>(extension.size()),
                    [](char a, char b) { return lowered(a) == lowered(b); });
}

}  // namespace

std::span<const Format* const> allFormats() {
  // Readers are asked in this order: formats with a sure sign first, those that guess last.
  static const Format* const kFormats[] = {
      &compressedPlyFormat(),  // before "ply", which takes every PLY
      &plyFormat(),           &spzFormat(),
      &streamedSogFormat(),  // before "sog", which takes every ZIP with a meta.json
      &sogFormat(),          // a ZIP of images
      &glbFormat(),
      &gltfFormat(),    // JSON with an asset
      &ksplatFormat(),  // two bytes of version, then a table that is checked
      &splatFormat(),   // no magic: judged by the name or by plausible numbers
  };
  return kFormats;
}

const Format* findFormat(std::string_view id) {
  for (const Format* format : allFormats()) {
    if (format->info().id == id) {
      return format;
    }
  }
  return nullptr;
}

const Format* formatForName(std::string_view name) {
  const Format* best = nullptr;
  std::size_t longest = 0;
  for (const Format* format : allFormats()) {
    for (const std::string& extension : format->info().extensions) {
      if (extension.size() > longest && endsWith(name, extension)) {
        best = format;
        longest = extension.size();
      }
    }
  }
  return best;
}

const Format* formatForContent(ByteView head, std::string_view name) {
  for (const Format* format : allFormats()) {
    if (format->recognises(head, name)) {
      return format;
    }
  }
  return nullptr;
}

}  // namespace volpress::formats
