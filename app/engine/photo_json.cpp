#include "app/engine/photo_json.hpp"

namespace volpress::engine {

Json photosToJson(const PhotoOptions& photos) {
  return {{"dataset", pathToJson(photos.dataset)},
          {"images", pathToJson(photos.images)},
          {"downscale", numberToJson(photos.downscale)},
          {"longestSide", photos.longestSide},
          {"holdout", photos.holdout}};
}

Result<PhotoOptions> photosFromJson(const Json& json) {
  PhotoOptions photos;
  VOLPRESS_TRY(const Json* dataset, jsonMember(json, "dataset"));
  VOLPRESS_TRY(photos.dataset, pathFromJson(*dataset, "dataset"));
  if (json.contains("images")) {
    VOLPRESS_TRY(photos.images, pathFromJson(json["images"], "images"));
  }
  if (json.contains("downscale")) {
    VOLPRESS_TRY(photos.downscale, jsonNumber(json, "downscale"));
  }
  if (json.contains("longestSide")) {
    VOLPRESS_TRY(photos.longestSide, jsonCount(json, "longestSide"));
  }
  if (json.contains("holdout")) {
    VOLPRESS_TRY(photos.holdout, jsonCount(json, "holdout"));
  }
  return photos;
}

std::string photosToText(const PhotoOptions& photos) { return dumpJson(photosToJson(photos)); }

Result<PhotoOptions> photosFromText(std::string_view text) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  return photosFromJson(json);
}

}  // namespace volpress::engine
