#include "app/studio/project_state.hpp"

#include <algorithm>
#include <limits>
#include <system_error>
#include <utility>

#include "app/studio/codec_cards.hpp"

namespace volpress::studio {
namespace {

engine::ProjectVariant variantOf(const Entry& entry, bool trashed) {
  engine::ProjectVariant variant;
  variant.id = entry.id;
  variant.source = entry.sourceId;
  variant.name = entry.name;
  variant.file = entry.path;
  variant.codec = entry.codecId;
  variant.preset = entry.preset;
  variant.overrides = entry.overrides;
  variant.job = entry.jobId;
  variant.evaluation = entry.evaluation;
  variant.note = entry.note;
  variant.starred = entry.starred;
  variant.trashed = trashed;
  variant.exports = entry.exports;
  variant.edits = entry.edits;
  return variant;
}

bool isMissing(const std::filesystem::path& file) {
  std::error_code code;
  return !std::filesystem::exists(file, code);
}

Entry entryOf(const engine::ProjectVariant& variant) {
  Entry entry;
  entry.id = variant.id;
  entry.sourceId = variant.source;
  entry.name = variant.name;
  entry.path = variant.file;
  entry.codecId = variant.codec;
  const compressors::CodecInfo* card = codecCard(variant.codec);
  entry.codecLabel = card == nullptr ? variant.codec : card->label;
  entry.preset = variant.preset;
  entry.overrides = variant.overrides;
  entry.jobId = variant.job;
  entry.evaluation = variant.evaluation;
  entry.note = variant.note;
  entry.starred = variant.starred;
  entry.exports = variant.exports;
  entry.edits = variant.edits;
  entry.missing = isMissing(entry.path);
  if (variant.evaluation) {
    entry.fileBytes = variant.evaluation->fileBytes;
    entry.breakdown = variant.evaluation->breakdown;
  }
  return entry;
}

}  // namespace

void storeDocument(const Document& document, engine::Project& project) {
  project.sources.clear();
  project.variants.clear();
  for (const Entry& entry : document.entries()) {
    if (entry.isSource()) {
      project.sources.push_back(
          {entry.id, entry.name, entry.path, entry.note, entry.extras, entry.edits});
    } else if (!entry.isPreview()) {
      project.variants.push_back(variantOf(entry, false));
    }
  }
  for (const Entry& entry : document.trash()) {
    if (document.find(entry.sourceId) != nullptr) {
      project.variants.push_back(variantOf(entry, true));
    }
  }
  project.sides = {document.sides()[0], document.sides()[1]};
}

Document documentOf(const engine::Project& project) {
  Document document;
  constexpr std::size_t kEnd = std::numeric_limits<std::size_t>::max();
  for (const engine::ProjectSource& source : project.sources) {
    Entry entry;
    entry.id = source.id;
    entry.name = source.name;
    entry.path = source.file;
    entry.note = source.note;
    entry.extras = source.extras;
    entry.edits = source.edits;
    entry.missing = isMissing(entry.path);
    entry.fileKind = engine::kindOfFile(entry.path);
    std::error_code code;
    if (const auto bytes = std::filesystem::file_size(entry.path, code); !code) {
      entry.fileBytes = bytes;
    }
    document.restore(std::move(entry), kEnd);
  }
  for (const engine::ProjectVariant& variant : project.variants) {
    Entry entry = entryOf(variant);
    if (const Entry* source = document.find(entry.sourceId)) {
      entry.fileKind = source->fileKind;
    }
    if (variant.trashed) {
      document.throwAway(std::move(entry));
    } else {
      document.restore(std::move(entry), kEnd);
    }
  }
  document.setSides({project.sides[0], project.sides[1]});
  return document;
}

}  // namespace volpress::studio
